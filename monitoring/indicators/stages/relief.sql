-- Completion rows that an agreed_volume exemption takes out of the assessment (unit 0: all units).
SELECT DISTINCT y.batch_id, y.year_no, m.product_id, COALESCE(u.unit_id, 0) AS unit_id
FROM catalog_exemption e
JOIN ind_batch_year y
  ON y.is_current AND (e.batch_id IS NULL OR e.batch_id = y.batch_id)
 AND (e.from_on IS NULL OR e.from_on <= LEAST(y.ends_on, %(last_day)s))
 AND (e.to_on IS NULL OR e.to_on >= y.starts_on)
JOIN (
    SELECT batch_id, product_id, group_id FROM ind_member
    UNION
    SELECT batch_id, product_id, group_id FROM ind_agreement
) m ON m.batch_id = y.batch_id
   AND (e.group_id IS NULL OR e.group_id = m.group_id)
   AND (e.product_id IS NULL OR e.product_id = m.product_id)
LEFT JOIN ind_unit u ON u.institution_id = e.institution_id
WHERE e.kind = 'agreed_volume' AND (e.institution_id IS NULL OR u.unit_id IS NOT NULL)
