-- When a product has a role (or is selected) in a batch of a lower code: in rows without a batch
-- a line that names no batch counts once, with the lowest code.
SELECT s.zone_id, s.product_id, s.batch_id,
       range_agg(tstzrange(o.from_at, o.to_at)) AS with_role,
       range_agg(tstzrange(o.from_at, o.to_at)) FILTER (WHERE o.role = 'selected') AS with_selected
FROM (SELECT DISTINCT zone_id, product_id, batch_id, batch_code
      FROM ind_standing WHERE role <> 'none') s
JOIN ind_standing o
  ON o.zone_id = s.zone_id AND o.product_id = s.product_id
 AND o.role <> 'none' AND o.batch_code < s.batch_code
GROUP BY s.zone_id, s.product_id, s.batch_id
