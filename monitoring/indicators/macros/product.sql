-- Products with the conversion factor that is in force on the cut's last day.
(SELECT q.id, q.group_id, q.manufacturer_id, q.category, q.tags,
        COALESCE(f.base_units_per_pack, q.base_units_per_pack) AS base_units_per_pack
 FROM catalog_product q
 LEFT JOIN catalog_conversion f
        ON f.product_id = q.id
       AND daterange(f.valid_from, f.valid_to, '[]') @> %(last_day)s::date)
