-- One statement per level; the codes are joined to the sums.
CREATE TEMP TABLE t_home ON COMMIT DROP AS
SELECT DISTINCT unit_id, county_id, city_id, pool_id FROM t_unit;
ANALYZE t_home;

INSERT INTO {target} ({columns})
SELECT %(month_first)s, b.indicator, b.win, 'institution', o.code, COALESCE(k.code, ''), b.year_no,
       COALESCE(g.code, ''), COALESCE(p.code, ''), b.category, b.n, b.d, b.assessed,
       b.unit_id, NULL, h.county_id, h.city_id, h.pool_id, 1
FROM (
    SELECT indicator, win, unit_id, batch_id, year_no, group_id, product_id, category,
           COALESCE(sum(n), 0) AS n, COALESCE(sum(d), 0) AS d, bool_and(assessed) AS assessed
    FROM t_base
    WHERE indicator NOT IN ('response_rate', 'on_time_rate', 'reply_on_time_rate',
                            'resolve_on_time_rate')
      AND NOT (indicator = 'fulfilment_rate' AND family = 'n')
    GROUP BY indicator, win, unit_id, batch_id, year_no, group_id, product_id, category
) b
JOIN t_home h USING (unit_id)
JOIN organisations_organisation o ON o.id = b.unit_id
LEFT JOIN catalog_batch k ON k.id = b.batch_id
LEFT JOIN catalog_group g ON g.id = b.group_id
LEFT JOIN catalog_product p ON p.id = b.product_id
WHERE b.n <> 0 OR b.d <> 0;

CREATE TEMP TABLE t_region ON COMMIT DROP AS
SELECT b.indicator, b.win, h.county_id, h.city_id, h.pool_id, b.batch_id, b.year_no, b.group_id,
       b.category, COALESCE(sum(b.n), 0) AS n, COALESCE(sum(b.d), 0) AS d
FROM t_base b
JOIN t_home h USING (unit_id)
WHERE b.indicator NOT IN ('report_deviation', 'completion_rate', 'unreported_share',
                          'substitute_ratio')
  AND NOT (b.indicator IN ('response_rate', 'on_time_rate', 'fulfilment_rate') AND b.family = 'b')
GROUP BY b.indicator, b.win, h.county_id, h.city_id, h.pool_id, b.batch_id, b.year_no, b.group_id,
         b.category;
ANALYZE t_region;

INSERT INTO {target} ({columns})
SELECT %(month_first)s, b.indicator, b.win, 'county', r.code, COALESCE(k.code, ''), b.year_no,
       COALESCE(g.code, ''), '', b.category, b.n, b.d, TRUE,
       NULL, NULL, b.county_id, b.city_id, NULL, 1
FROM (SELECT indicator, win, county_id, city_id, batch_id, year_no, group_id, category,
             sum(n) AS n, sum(d) AS d
      FROM t_region WHERE county_id IS NOT NULL
      GROUP BY indicator, win, county_id, city_id, batch_id, year_no, group_id, category) b
JOIN organisations_region r ON r.id = b.county_id
LEFT JOIN catalog_batch k ON k.id = b.batch_id
LEFT JOIN catalog_group g ON g.id = b.group_id
WHERE b.n <> 0 OR b.d <> 0;

INSERT INTO {target} ({columns})
SELECT %(month_first)s, b.indicator, b.win, 'city', r.code, COALESCE(k.code, ''), b.year_no,
       COALESCE(g.code, ''), '', b.category, b.n, b.d, TRUE,
       NULL, NULL, NULL, b.city_id, NULL, 1
FROM (SELECT indicator, win, city_id, batch_id, year_no, group_id, category,
             sum(n) AS n, sum(d) AS d
      FROM t_region
      GROUP BY indicator, win, city_id, batch_id, year_no, group_id, category) b
JOIN organisations_region r ON r.id = b.city_id
LEFT JOIN catalog_batch k ON k.id = b.batch_id
LEFT JOIN catalog_group g ON g.id = b.group_id
WHERE b.n <> 0 OR b.d <> 0;

INSERT INTO {target} ({columns})
SELECT %(month_first)s, b.indicator, b.win, 'pool', l.code, COALESCE(k.code, ''), b.year_no,
       COALESCE(g.code, ''), '', b.category, b.n, b.d, TRUE,
       NULL, NULL, NULL, l.region_id, b.pool_id, 1
FROM (SELECT indicator, win, pool_id, batch_id, year_no, group_id, category,
             sum(n) AS n, sum(d) AS d
      FROM t_region
      GROUP BY indicator, win, pool_id, batch_id, year_no, group_id, category) b
JOIN organisations_pool l ON l.id = b.pool_id
LEFT JOIN catalog_batch k ON k.id = b.batch_id
LEFT JOIN catalog_group g ON g.id = b.group_id
WHERE b.n <> 0 OR b.d <> 0;

INSERT INTO {target} ({columns})
SELECT %(month_first)s, b.indicator, b.win, 'province', '360000', COALESCE(k.code, ''), b.year_no,
       COALESCE(g.code, ''), '', b.category, b.n, b.d, TRUE,
       NULL, NULL, NULL, NULL, NULL, 1
FROM (SELECT indicator, win, batch_id, year_no, group_id, category, sum(n) AS n, sum(d) AS d
      FROM t_region
      GROUP BY indicator, win, batch_id, year_no, group_id, category) b
LEFT JOIN catalog_batch k ON k.id = b.batch_id
LEFT JOIN catalog_group g ON g.id = b.group_id
WHERE b.n <> 0 OR b.d <> 0;

INSERT INTO {target} ({columns})
SELECT %(month_first)s, b.indicator, b.win, b.side, o.code, COALESCE(k.code, ''), b.year_no,
       '', '', '', b.n, b.d, TRUE, NULL, b.enterprise_id, NULL, NULL, NULL, 1
FROM (SELECT t.indicator, t.win, s.side, s.enterprise_id, t.batch_id, t.year_no,
             sum(t.n) AS n, sum(t.d) AS d
      FROM t_base t
      CROSS JOIN LATERAL (VALUES ('manufacturer', t.manufacturer_id),
                                 ('distributor', t.distributor_id)) s(side, enterprise_id)
      WHERE s.enterprise_id IS NOT NULL
      GROUP BY t.indicator, t.win, s.side, s.enterprise_id, t.batch_id, t.year_no) b
JOIN organisations_organisation o ON o.id = b.enterprise_id
LEFT JOIN catalog_batch k ON k.id = b.batch_id
WHERE b.n <> 0 OR b.d <> 0;

INSERT INTO {target} ({columns})
SELECT %(month_first)s, b.indicator, b.win, 'product', p.code, k.code, b.year_no,
       '', '', '', b.n, b.d, TRUE, NULL, p.manufacturer_id, NULL, NULL, NULL, 1
FROM (SELECT indicator, win, product_id, batch_id, year_no, sum(n) AS n, sum(d) AS d
      FROM t_base
      WHERE indicator IN ('response_rate', 'on_time_rate', 'fulfilment_rate') AND family = 'b'
      GROUP BY indicator, win, product_id, batch_id, year_no) b
JOIN catalog_product p ON p.id = b.product_id
JOIN catalog_batch k ON k.id = b.batch_id
WHERE b.n <> 0 OR b.d <> 0;
