-- The lowest selected price per base unit that holds in a span.
SELECT p.zone_id, p.batch_id, p.bucket, p.from_at, min(s.base_price) AS lowest_price
FROM ind_span p
JOIN ind_selection s
  ON s.zone_id = p.zone_id AND s.batch_id = p.batch_id AND s.bucket = p.bucket
 AND s.from_at <= p.from_at AND s.to_at > p.from_at
WHERE s.role = 'selected'
GROUP BY p.zone_id, p.batch_id, p.bucket, p.from_at
