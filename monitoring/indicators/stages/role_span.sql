-- When a product is selected or standby in a batch (batch_id 0: in any), and when it is selected.
SELECT zone_id, product_id, COALESCE(batch_id, 0) AS batch_id,
       range_agg(tstzrange(from_at, to_at)) AS spans
FROM ind_standing
WHERE role <> 'none'
GROUP BY zone_id, product_id, GROUPING SETS ((batch_id), ())
