-- Hand-written twin of the monthly computation: the same figures of the bench's province, staged,
-- without what that province does not have. It relies on selections without dates, on a group
-- standing in one batch only, on supply by city, on exemptions that are open ended and name no
-- institution, on complaints in one province. Names of rows, warnings, job, audit: not covered.
CREATE TEMP TABLE t_unit ON COMMIT DROP AS
SELECT i.institution_id, i.city_id AS zone_id, h.institution_id AS unit_id,
       h.county_id, h.city_id, h.pool_id
FROM (
    SELECT s.*, COALESCE(c.lead_id, s.institution_id) AS head
    FROM bench.stamp s
    LEFT JOIN organisations_consortiummembership m ON m.institution_id = s.institution_id
    LEFT JOIN organisations_consortium c ON c.id = m.consortium_id
) i
JOIN bench.stamp h ON h.institution_id = i.head;
ANALYZE t_unit;

CREATE TEMP TABLE t_year ON COMMIT DROP AS
SELECT y.batch_id, y.year_no, y.starts_on, y.ends_on >= %(month_first)s AS is_current,
       y.starts_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS starts_at,
       (y.ends_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS ends_at,
       LEAST((y.ends_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai', %(cut)s) AS until_at,
       GREATEST(y.starts_on::timestamp AT TIME ZONE 'Asia/Shanghai', %(month_start)s) AS month_from,
       (y.starts_on - INTERVAL '1 year')::timestamp AT TIME ZONE 'Asia/Shanghai' AS prior_from,
       LEAST(y.ends_on, %(last_day)s) - y.starts_on + 1 AS elapsed,
       y.ends_on - y.starts_on + 1 AS total,
       v.response_hours * INTERVAL '1 hour' AS response_time,
       v.delivery_hours * INTERVAL '1 hour' AS delivery_time,
       v.urgent_delivery_hours * INTERVAL '1 hour' AS urgent_time, v.payment_due
FROM catalog_agreementyear y
JOIN unnest(%(batch_ids)s::bigint[], %(response_hours)s::numeric[], %(delivery_hours)s::numeric[],
            %(urgent_delivery_hours)s::numeric[], %(payment_due)s::numeric[])
     AS v(batch_id, response_hours, delivery_hours, urgent_delivery_hours, payment_due)
     USING (batch_id)
WHERE y.starts_on <= %(last_day)s;
ANALYZE t_year;

CREATE TEMP TABLE t_standing ON COMMIT DROP AS
SELECT z.zone_id, p.id AS product_id, b.batch_id, p.group_id, p.manufacturer_id,
       p.base_units_per_pack AS units, COALESCE(s.role, 'none') AS role,
       'equal_quality' = ANY (p.tags) AS equal_quality, low.price AS lowest,
       (SELECT min(from_on)::timestamp AT TIME ZONE 'Asia/Shanghai' FROM catalog_exemption e
        WHERE e.kind = 'standby_counts' AND e.group_id = p.group_id) AS standby_from,
       (SELECT min(from_on)::timestamp AT TIME ZONE 'Asia/Shanghai' FROM catalog_exemption e
        WHERE e.kind = 'non_selected' AND e.product_id = p.id) AS surge_from
FROM (SELECT DISTINCT zone_id FROM t_unit) z
CROSS JOIN catalog_product p
JOIN (SELECT DISTINCT x.batch_id, q.group_id FROM catalog_selection x
      JOIN catalog_product q ON q.id = x.product_id) b ON b.group_id = p.group_id
LEFT JOIN catalog_selection s ON s.product_id = p.id AND s.region_id = z.zone_id
LEFT JOIN (SELECT q.group_id, x.region_id,
                  min(round(round(x.price, 30) / q.base_units_per_pack, 28)) AS price
           FROM catalog_selection x JOIN catalog_product q ON q.id = x.product_id
           WHERE x.role = 'selected' GROUP BY q.group_id, x.region_id) low
       ON low.group_id = p.group_id AND low.region_id = z.zone_id;
ANALYZE t_standing;

CREATE TEMP TABLE t_agreement ON COMMIT DROP AS
SELECT u.unit_id, a.batch_id, a.year_no, a.product_id, p.group_id, p.base_units_per_pack AS units,
       a.manufacturer_id, a.distributor_id, a.agreed_qty, a.price,
       (a.institution_signed_at < %(cut)s AND a.manufacturer_signed_at < %(cut)s
        AND a.distributor_signed_at < %(cut)s) IS TRUE AS signed
FROM contracts_agreementline a
JOIN t_unit u USING (institution_id)
JOIN catalog_product p ON p.id = a.product_id
JOIN t_year y ON y.batch_id = a.batch_id AND y.year_no = a.year_no AND y.is_current;
ANALYZE t_agreement;

CREATE TEMP TABLE t_agreed ON COMMIT DROP AS
SELECT unit_id, batch_id, year_no, product_id, group_id, units,
       sum(agreed_qty) AS agreed, sum(agreed_qty * price) AS worth,
       sum(sum(agreed_qty)) OVER (PARTITION BY unit_id, batch_id, year_no, group_id) AS group_agreed
FROM t_agreement WHERE signed
GROUP BY unit_id, batch_id, year_no, product_id, group_id, units;
ANALYZE t_agreed;

CREATE TEMP TABLE t_report ON COMMIT DROP AS
SELECT u.unit_id, v.batch_id, v.year_no, v.group_id, sum(v.reported_qty) AS reported,
       sum(v.prior_year_qty) AS prior, bool_or(v.status = 'approved') AS approved
FROM volumes_volumereportline v
JOIN t_unit u USING (institution_id)
JOIN t_year y ON y.batch_id = v.batch_id AND y.year_no = v.year_no AND y.is_current
WHERE v.status IN ('submitted', 'approved') AND v.submitted_at < %(cut)s
GROUP BY u.unit_id, v.batch_id, v.year_no, v.group_id;
ANALYZE t_report;
