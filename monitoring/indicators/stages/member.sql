-- Products that a batch has anything to say of: all of a covered group, and those with a selection.
SELECT k.batch_id, k.bucket, k.covered, p.id AS product_id, p.group_id, p.manufacturer_id,
       p.base_units_per_pack, 'equal_quality' = ANY (p.tags) AS equal_quality
FROM ind_bucket k
JOIN {product} p ON p.group_id = k.group_id
WHERE k.covered
UNION ALL
SELECT DISTINCT k.batch_id, k.bucket, k.covered, p.id, p.group_id, p.manufacturer_id,
       p.base_units_per_pack, 'equal_quality' = ANY (p.tags)
FROM catalog_selection s
JOIN {product} p ON p.id = s.product_id
JOIN ind_bucket k ON k.batch_id = s.batch_id AND k.bucket = COALESCE(p.group_id, -p.id)
WHERE NOT k.covered AND s.withdrawn_at IS NULL
