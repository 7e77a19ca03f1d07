-- Verified cases by batch, product, role and unit (0: all units), as the moments that they cover.
SELECT x.batch_id, x.product_id, x.role, x.unit_id, range_agg(x.span) AS spans
FROM (
    SELECT m.batch_id, m.product_id,
           CASE e.kind WHEN 'standby_counts' THEN 'standby' ELSE 'none' END AS role,
           COALESCE(u.unit_id, 0) AS unit_id,
           tstzrange(e.from_on::timestamp AT TIME ZONE 'Asia/Shanghai',
                     (e.to_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai') AS span
    FROM catalog_exemption e
    JOIN ind_member m
      ON (e.batch_id IS NULL OR e.batch_id = m.batch_id)
     AND (e.group_id IS NULL OR e.group_id = m.group_id)
     AND (e.product_id IS NULL OR e.product_id = m.product_id)
    LEFT JOIN ind_unit u ON u.institution_id = e.institution_id
    WHERE e.kind IN ('standby_counts', 'non_selected')
      AND (e.institution_id IS NULL OR u.unit_id IS NOT NULL)
) x
GROUP BY x.batch_id, x.product_id, x.role, x.unit_id
