-- What was accepted (returns are negative) in a current year to date, as each batch sees it.
-- left_out: why non_selected_share leaves it out of both sides.
SELECT u.unit_id, s.batch_id, s.year_no, s.group_id, s.covered, m.product_id, s.role,
       CASE s.role
           WHEN 'none' THEN CASE
               WHEN s.equal_quality AND s.lowest_price IS NOT NULL
                    AND round(round(m.unit_price, 30) / s.base_units_per_pack, 28) < s.lowest_price
               THEN 'cheaper_equal_quality'
               WHEN xa.spans @> m.at OR xu.spans @> m.at THEN 'verified_surge' END
           WHEN 'standby' THEN CASE
               WHEN (xa.spans @> m.at OR xu.spans @> m.at) IS NOT TRUE THEN 'standby' END
       END AS left_out,
       m.at >= s.month_from AS in_month,
       m.packs * s.base_units_per_pack AS quantity,
       m.packs * m.unit_price AS amount,
       m.source, m.source_id, m.line_id, m.ordered_at, m.at
FROM ({movement}) m
JOIN ind_unit u ON u.institution_id = m.institution_id
JOIN ind_standing s
  ON s.zone_id = u.zone_id AND s.product_id = m.product_id
 AND m.at >= s.from_at AND m.at < s.to_at
 AND s.is_current
 AND (s.role = 'none' OR m.batch_id IS NULL OR m.batch_id = s.batch_id)
LEFT JOIN ind_exemption xa
       ON xa.batch_id = s.batch_id AND xa.product_id = s.product_id
      AND xa.role = s.role AND xa.unit_id = 0
LEFT JOIN ind_exemption xu
       ON xu.batch_id = s.batch_id AND xu.product_id = s.product_id
      AND xu.role = s.role AND xu.unit_id = u.unit_id
WHERE m.at >= %(batch_from)s AND m.at < %(cut)s
