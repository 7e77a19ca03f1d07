-- Reports and agreements of the years that are running at the end, and purchases of the year before.
INSERT INTO volumes_volumereportline
    (batch_id, year_no, institution_id, group_id, reported_qty, prior_year_qty, explanation,
     submitted_at, status, county_id, city_id, province_id, pool_id)
SELECT y.batch_id, y.year_no, s.institution_id, g.id, 100 + mod(s.institution_id * 7 + g.id, 900),
       100 + mod(s.institution_id + g.id * 3, 900), '', y.starts_on - 60,
       CASE WHEN mod(s.institution_id + g.id, 20) = 0 THEN 'submitted' ELSE 'approved' END,
       s.county_id, s.city_id, 1, s.pool_id
FROM bench.stamp s
CROSS JOIN catalog_group g
JOIN catalog_agreementyear y ON y.batch_id = 1 + mod(g.id, 10) AND y.year_no = 3
WHERE mod(g.id, 7) <> 0 AND mod(s.institution_id * 7 + g.id * 3, 10) < 8;

INSERT INTO contracts_agreementline
    (agreement_no, batch_id, year_no, product_id, agreed_qty, price, institution_signed_at,
     manufacturer_signed_at, distributor_signed_at, institution_id, manufacturer_id,
     distributor_id, county_id, city_id, province_id, pool_id)
SELECT 'A' || s.institution_id || '-' || y.batch_id, y.batch_id, y.year_no, p.id,
       50 + mod(s.institution_id * 11 + p.id * 13, 2000), p.listed_price,
       y.starts_on - 10, y.starts_on - 9,
       CASE WHEN mod(s.institution_id + p.id, 25) > 0 THEN y.starts_on - 8 END,
       s.institution_id, p.manufacturer_id,
       %(institutions)s + %(manufacturers)s + 1 + mod(s.institution_id + y.batch_id, %(distributors)s),
       s.county_id, s.city_id, 1, s.pool_id
FROM bench.stamp s
CROSS JOIN catalog_group g
JOIN catalog_product p ON p.id = mod(s.city_id - 1 + g.id, 2) * %(groups)s + g.id
JOIN catalog_agreementyear y ON y.batch_id = 1 + mod(g.id, 10) AND y.year_no = 3
WHERE mod(g.id, 7) <> 0 AND mod(s.institution_id * 31 + g.id * 17, 10) < 7;

INSERT INTO procurement_purchasehistory
    (institution_id, product_id, manufacturer_id, month, packs, amount,
     county_id, city_id, province_id, pool_id)
SELECT s.institution_id, p.id, p.manufacturer_id, m::date, 5 + mod(s.institution_id + p.id, 40),
       (5 + mod(s.institution_id + p.id, 40)) * p.listed_price,
       s.county_id, s.city_id, 1, s.pool_id
FROM bench.stamp s
CROSS JOIN (SELECT DISTINCT product_id AS id FROM catalog_substitute
            UNION SELECT id FROM catalog_product WHERE mod(id, 97) = 0) wanted
JOIN catalog_product p USING (id)
CROSS JOIN generate_series(make_date(%(last_year)s - 1, 1, 1),
                           make_date(%(last_year)s - 1, 12, 1), INTERVAL '1 month') m
WHERE mod(s.institution_id + p.id, 3) = 0;
