-- What a batch compares with each other: a group, or (negative) a product without one.
-- covered: a product of the group is selected in some region and period.
SELECT s.batch_id,
       COALESCE(p.group_id, -p.id) AS bucket,
       p.group_id,
       p.group_id IS NOT NULL AND bool_or(s.role = 'selected') AS covered
FROM catalog_selection s
JOIN catalog_product p ON p.id = s.product_id
WHERE s.withdrawn_at IS NULL AND {batch:s.batch_id} AND {bucket:COALESCE(p.group_id, -p.id)}
GROUP BY s.batch_id, COALESCE(p.group_id, -p.id), p.group_id
