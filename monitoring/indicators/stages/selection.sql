-- Selections as they hold in each zone; open ends are infinite.
SELECT z.zone_id,
       s.batch_id,
       s.product_id,
       COALESCE(p.group_id, -p.id) AS bucket,
       s.role,
       COALESCE(s.valid_from::timestamp AT TIME ZONE 'Asia/Shanghai', '-infinity') AS from_at,
       COALESCE((s.valid_to + 1)::timestamp AT TIME ZONE 'Asia/Shanghai', 'infinity') AS to_at,
       round(round(s.price, 30) / p.base_units_per_pack, 28) AS base_price
FROM (SELECT DISTINCT zone_id, zone_province_id FROM ind_unit) z
JOIN catalog_selection s ON s.region_id IN (z.zone_id, z.zone_province_id)
JOIN {product} p ON p.id = s.product_id
WHERE s.withdrawn_at IS NULL AND {batch:s.batch_id} AND {bucket:COALESCE(p.group_id, -p.id)}
