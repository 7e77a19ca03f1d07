-- The role of a product in a span; with both roles it is selected.
SELECT p.zone_id, p.batch_id, p.bucket, p.from_at, s.product_id, min(s.role) AS role
FROM ind_span p
JOIN ind_selection s
  ON s.zone_id = p.zone_id AND s.batch_id = p.batch_id AND s.bucket = p.bucket
 AND s.from_at <= p.from_at AND s.to_at > p.from_at
GROUP BY p.zone_id, p.batch_id, p.bucket, p.from_at, s.product_id
