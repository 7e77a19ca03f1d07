-- The assessed unit of each institution on the last day before the cut, with the unit's region.
-- zone: what decides a supply region (a city or a province), of the ordering institution itself.
SELECT i.id AS institution_id,
       head.id AS unit_id,
       COALESCE(own.city_id, own.province_id) AS zone_id,
       own.province_id AS zone_province_id,
       home.county_id,
       home.city_id,
       home.province_id,
       head.pool_id
FROM organisations_organisation i
LEFT JOIN organisations_consortiummembership m
       ON m.institution_id = i.id
      AND m.valid_from <= %(last_day)s
      AND (m.valid_to IS NULL OR m.valid_to >= %(last_day)s)
LEFT JOIN organisations_consortium c ON c.id = m.consortium_id
JOIN organisations_organisation head ON head.id = COALESCE(c.lead_id, i.id)
JOIN ind_place own ON own.region_id = i.region_id
JOIN ind_place home ON home.region_id = head.region_id
WHERE i.kind = 'institution' AND {institution:i.id}
