-- Each unit once, with where it is.
SELECT DISTINCT unit_id, county_id, city_id, province_id, pool_id FROM ind_unit
