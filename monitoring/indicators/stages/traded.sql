-- Amounts accepted in the calendar year to date; whether as selected or standby of a batch.
SELECT u.unit_id, p.category, m.at >= %(month_start)s AS in_month,
       'negotiated' = ANY (p.tags) AS negotiated,
       (r.spans @> m.at) IS TRUE AS has_role,
       m.packs * p.base_units_per_pack AS quantity,
       m.packs * m.unit_price AS amount,
       m.product_id, m.source, m.source_id, m.line_id, m.ordered_at, m.at
FROM ({movement}) m
JOIN ind_unit u ON u.institution_id = m.institution_id
JOIN {product} p ON p.id = m.product_id
LEFT JOIN ind_role_span r
       ON r.zone_id = u.zone_id AND r.product_id = m.product_id
      AND r.batch_id = COALESCE(m.batch_id, 0)
WHERE m.at >= %(year_start)s AND m.at < %(cut)s
