-- 12 cities, 100 counties, institutions (three of every twenty are led by another), enterprises.
INSERT INTO organisations_region (id, code, name, level, parent_id, pinyin, initials)
VALUES (1, '360000', '测试省', 'province', NULL, '', '');

INSERT INTO organisations_region (id, code, name, level, parent_id, pinyin, initials)
SELECT 1 + c, (360000 + c * 100)::text, '第' || c || '市', 'city', 1, '', ''
FROM generate_series(1, 12) c;

INSERT INTO organisations_region (id, code, name, level, parent_id, pinyin, initials)
SELECT 13 + k, (360000 + (1 + mod(k - 1, 12)) * 100 + 1 + (k - 1) / 12)::text,
       '第' || k || '县', 'county', 2 + mod(k - 1, 12), '', ''
FROM generate_series(1, 100) k;

INSERT INTO organisations_pool (id, code, name, region_id)
SELECT c, (3600 + c)::text, '第' || c || '统筹区', 1 + c FROM generate_series(1, 12) c;

INSERT INTO organisations_organisation
    (id, code, name, kind, region_id, pool_id, level, ownership, institution_kind,
     is_manufacturer, is_distributor, is_active, pinyin, initials)
SELECT i, 'H' || lpad(i::text, 11, '0'), '医院' || i, 'institution',
       CASE WHEN mod(i, 10) = 0 THEN 2 + mod(i / 10, 12) ELSE 14 + mod(i, 100) END,
       CASE WHEN mod(i, 10) = 0 THEN 1 + mod(i / 10, 12) ELSE 1 + mod(mod(i, 100), 12) END,
       'secondary', 'public', 'hospital', FALSE, FALSE, TRUE, '', ''
FROM generate_series(1, %(institutions)s) i;

INSERT INTO organisations_organisation
    (id, code, name, kind, level, ownership, institution_kind,
     is_manufacturer, is_distributor, is_active, pinyin, initials)
SELECT %(institutions)s + e, '91360000' || lpad(e::text, 10, '0'), '企业' || e, 'enterprise',
       '', '', '', e <= %(manufacturers)s, e > %(manufacturers)s, TRUE, '', ''
FROM generate_series(1, %(manufacturers)s + %(distributors)s) e;

INSERT INTO organisations_consortium (id, code, name, lead_id)
SELECT i, 'YGT' || i, '医共体' || i, i
FROM generate_series(20, %(institutions)s - 3, 20) i;

INSERT INTO organisations_consortiummembership (consortium_id, institution_id, valid_from)
SELECT c.id, c.id + k, '2020-01-01'
FROM organisations_consortium c CROSS JOIN generate_series(0, 3) k;

-- What a row of an institution is stamped with, and its share of all orders (Zipf 0.8).
CREATE SCHEMA bench;
CREATE TABLE bench.stamp AS
SELECT o.id AS institution_id, o.pool_id,
       CASE WHEN r.level = 'county' THEN r.id END AS county_id,
       CASE WHEN r.level = 'county' THEN r.parent_id ELSE r.id END AS city_id,
       sum(o.id ^ -0.8::float8) OVER (ORDER BY o.id) AS weight_up_to
FROM organisations_organisation o
JOIN organisations_region r ON r.id = o.region_id
WHERE o.kind = 'institution';

GRANT USAGE ON SCHEMA bench TO PUBLIC;
GRANT SELECT ON bench.stamp TO PUBLIC;
