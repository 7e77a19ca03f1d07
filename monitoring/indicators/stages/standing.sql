-- How each product stands in each batch, zone and span: selected, standby, or none (non-selected).
SELECT p.zone_id, m.product_id, p.batch_id, y.batch_code, p.year_no, p.from_at, p.to_at,
       COALESCE(r.role, 'none') AS role,
       m.bucket, m.covered, m.group_id, m.manufacturer_id, m.base_units_per_pack,
       m.equal_quality, c.lowest_price,
       y.is_current, y.month_from
FROM ind_span p
JOIN ind_member m ON m.batch_id = p.batch_id AND m.bucket = p.bucket
JOIN ind_batch_year y ON y.batch_id = p.batch_id AND y.year_no = p.year_no
LEFT JOIN ind_role r
       ON r.zone_id = p.zone_id AND r.batch_id = p.batch_id AND r.bucket = p.bucket
      AND r.from_at = p.from_at AND r.product_id = m.product_id
LEFT JOIN ind_span_price c
       ON c.zone_id = p.zone_id AND c.batch_id = p.batch_id AND c.bucket = p.bucket
      AND c.from_at = p.from_at
WHERE m.covered OR r.role IS NOT NULL
