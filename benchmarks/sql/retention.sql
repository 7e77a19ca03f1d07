-- One batch of every group for one whole year: reported, agreed and bought by every institution by
-- itself (nobody is led by another), so that each has a row of each group.
DELETE FROM organisations_consortiummembership;
SELECT ensure_partitions(make_date(%(last_year)s, 1, 1), make_date(%(last_year)s, 12, 31));

INSERT INTO catalog_batch
    (id, code, name, category, organizer, policy_id, imported_at, effective_on, ends_on)
SELECT 11, 'PC-11', '全部品种', 'drug', 'national',
       (SELECT id FROM policy_policy WHERE code = 'jiangxi-2024'),
       make_date(%(last_year)s, 1, 1), make_date(%(last_year)s, 1, 1),
       make_date(%(last_year)s + 2, 12, 31);

INSERT INTO catalog_agreementyear (batch_id, year_no, starts_on, ends_on)
VALUES (11, 1, make_date(%(last_year)s, 1, 1), make_date(%(last_year)s, 12, 31));

INSERT INTO catalog_selection (batch_id, product_id, region_id, role, price)
SELECT 11, p.id, 1 + c, 'selected', p.listed_price
FROM generate_series(1, %(groups)s) g
CROSS JOIN generate_series(1, 12) c
JOIN catalog_product p ON p.id = 3 * %(groups)s + g;

INSERT INTO volumes_volumereportline
    (batch_id, year_no, institution_id, group_id, reported_qty, prior_year_qty, explanation,
     submitted_at, status, county_id, city_id, province_id, pool_id)
SELECT 11, 1, s.institution_id, g, 100 + mod(s.institution_id * 7 + g * 3, 900), 100, '',
       make_date(%(last_year)s - 1, 11, 1), 'approved', s.county_id, s.city_id, 1, s.pool_id
FROM bench.stamp s CROSS JOIN generate_series(1, %(groups)s) g;

INSERT INTO contracts_agreementline
    (agreement_no, batch_id, year_no, product_id, agreed_qty, price, institution_signed_at,
     manufacturer_signed_at, distributor_signed_at, institution_id, manufacturer_id,
     distributor_id, county_id, city_id, province_id, pool_id)
SELECT 'R' || s.institution_id, 11, 1, p.id, 50 + mod(s.institution_id * 7 + g * 3, 700),
       p.listed_price, x.signed, x.signed, x.signed, s.institution_id, p.manufacturer_id,
       %(institutions)s + %(manufacturers)s + 1, s.county_id, s.city_id, 1, s.pool_id
FROM bench.stamp s
CROSS JOIN generate_series(1, %(groups)s) g
JOIN catalog_product p ON p.id = 3 * %(groups)s + g
CROSS JOIN (SELECT make_date(%(last_year)s - 1, 12, 1)::timestamptz AS signed) x;

-- What was reported, a tenth more or less; one row in seven stays below what was agreed.
INSERT INTO procurement_receipt
    (line_id, ordered_at, delivery_id, receipt_no, accepted_packs, refused_packs, received_at,
     product_id, group_id, batch_id, unit_price, manufacturer_id, distributor_id,
     institution_id, county_id, city_id, province_id, pool_id)
SELECT x.id, x.at, x.id, 1,
       GREATEST(1, round((100 + mod(x.institution_id * 7 + x.g * 3, 900))
                         * (CASE WHEN mod(x.id, 7) = 0 THEN 0.4 ELSE 0.9 + mod(x.id, 21) / 100.0 END)
                         / p.base_units_per_pack)),
       0, x.at + INTERVAL '3 days', p.id, x.g, 11, p.listed_price, p.manufacturer_id,
       %(institutions)s + %(manufacturers)s + 1, x.institution_id, x.county_id, x.city_id, 1,
       x.pool_id
FROM (
    SELECT s.*, g, (s.institution_id - 1) * %(groups)s + g AS id,
           make_date(%(last_year)s, (1 + mod(s.institution_id + g, 12))::int, 5)::timestamptz AS at
    FROM bench.stamp s CROSS JOIN generate_series(1, %(groups)s) g
) x
JOIN catalog_product p ON p.id = 3 * %(groups)s + x.g;

INSERT INTO settlement_retentioninput
    (batch_id, year_no, pool_id, group_id, baseline_price, fund_share_before, fund_share,
     insured_share)
SELECT 11, 1, l.id, g, 1 + mod(g * 13, 70) / 10.0, 0.5 + mod(g, 20) / 100.0,
       0.5 + mod(l.id, 10) / 100.0, 0.9
FROM organisations_pool l CROSS JOIN generate_series(1, %(groups)s) g;
