-- Groups, products (nine of ten in a group), ten batches with three years, one selected product of
-- a group per city, one standby product everywhere; every seventh group is in no batch.
INSERT INTO catalog_group (id, code, name, category, base_unit, pinyin, initials)
SELECT g, 'YP' || lpad(g::text, 4, '0'), '品种' || g,
       CASE WHEN mod(g, 5) = 0 THEN 'consumable' ELSE 'drug' END, '片', '', ''
FROM generate_series(1, %(groups)s) g;

INSERT INTO catalog_product
    (id, code, name, group_id, manufacturer_id, category, specification, pack_unit,
     base_units_per_pack, listed_price, tags, pinyin, initials)
SELECT p, 'XP' || lpad(p::text, 18, '0'), '产品' || p, g,
       %(institutions)s + 1 + mod(p * 7, %(manufacturers)s),
       CASE WHEN mod(COALESCE(g, p), 5) = 0 THEN 'consumable' ELSE 'drug' END, '', '盒',
       (ARRAY[1, 10, 12, 24])[1 + mod(p, 4)], 5 + mod(p * 37, 500) / 10.0,
       CASE WHEN mod(p, 17) = 0 THEN ARRAY['equal_quality']
            WHEN mod(p, 23) = 0 THEN ARRAY['negotiated'] ELSE '{}' END, '', ''
FROM (SELECT p, CASE WHEN p <= %(products)s * 9 / 10 THEN 1 + mod(p - 1, %(groups)s) END AS g
      FROM generate_series(1, %(products)s) p) x;

INSERT INTO catalog_batch
    (id, code, name, category, organizer, policy_id, imported_at, effective_on, ends_on)
SELECT b, 'PC-' || lpad(b::text, 2, '0'), '批次' || b, 'drug', 'national',
       (SELECT id FROM policy_policy
        WHERE code = CASE WHEN b > 8 THEN 'shandong-2023' ELSE 'jiangxi-2024' END),
       starts_on, starts_on, (starts_on + INTERVAL '3 years')::date - 1
FROM (SELECT b, (make_date(%(last_year)s - 2, b, CASE WHEN mod(b, 2) = 0 THEN 15 ELSE 1 END))
             AS starts_on
      FROM generate_series(1, 10) b) x;

INSERT INTO catalog_agreementyear (batch_id, year_no, starts_on, ends_on)
SELECT id, n, (effective_on + (n - 1) * INTERVAL '1 year')::date,
       (effective_on + n * INTERVAL '1 year')::date - 1
FROM catalog_batch CROSS JOIN generate_series(1, 3) n;

INSERT INTO catalog_selection (batch_id, product_id, region_id, role, price)
SELECT 1 + mod(g, 10), r * %(groups)s + g, 1 + c,
       CASE r WHEN 2 THEN 'standby' ELSE 'selected' END, p.listed_price
FROM generate_series(1, %(groups)s) g
CROSS JOIN generate_series(1, 12) c
CROSS JOIN generate_series(0, 2) r
JOIN catalog_product p ON p.id = r * %(groups)s + g
WHERE mod(g, 7) <> 0 AND (r = 2 OR r = mod(c + g, 2));

INSERT INTO catalog_substitute (group_id, product_id)
SELECT g, 7 * (1 + mod(g, %(groups)s / 7))
FROM generate_series(1, %(groups)s) g WHERE mod(g, 7) <> 0;

INSERT INTO catalog_exemption (exemption_no, group_id, kind, from_on, reason)
VALUES ('E1', 3, 'agreed_volume', NULL, ''),
       ('E2', 4, 'standby_counts', make_date(%(last_year)s, 6, 1), '');
INSERT INTO catalog_exemption (exemption_no, product_id, kind, from_on, reason)
SELECT 'E3', 3 * %(groups)s + 5, 'non_selected', make_date(%(last_year)s, 9, 1), '';
