-- A region's county, city and province; empty where the region is itself above that level.
SELECT r.id AS region_id,
       CASE WHEN r.level = 'county' THEN r.id END AS county_id,
       CASE r.level WHEN 'city' THEN r.id
                    WHEN 'county' THEN CASE WHEN up.level = 'city' THEN up.id END END AS city_id,
       CASE WHEN r.level = 'province' THEN r.id
            WHEN up.level = 'province' THEN up.id
            ELSE up.parent_id END AS province_id
FROM organisations_region r
LEFT JOIN organisations_region up ON up.id = r.parent_id
