-- What was received less what was sent back, three ways: by standing, by category, of substitutes.
CREATE TEMP TABLE t_accepted ON COMMIT DROP AS
SELECT u.unit_id, s.batch_id, y.year_no, s.group_id, m.product_id, s.role,
       CASE s.role
           WHEN 'none' THEN COALESCE(
               s.equal_quality AND round(round(m.unit_price, 30) / s.units, 28) < s.lowest
               OR m.at >= s.surge_from, FALSE)
           WHEN 'standby' THEN (m.at >= s.standby_from) IS NOT TRUE
           ELSE FALSE END AS left_out,
       m.at >= y.month_from AS in_month,
       sum(m.packs * s.units) AS quantity
FROM (
    SELECT institution_id, product_id, batch_id, unit_price, accepted_packs AS packs,
           received_at AS at
    FROM procurement_receipt WHERE received_at >= %(batch_from)s AND received_at < %(cut)s
    UNION ALL
    SELECT institution_id, product_id, batch_id, unit_price, -packs, returned_at
    FROM procurement_return WHERE returned_at >= %(batch_from)s AND returned_at < %(cut)s
) m
JOIN t_unit u USING (institution_id)
JOIN t_standing s ON s.zone_id = u.zone_id AND s.product_id = m.product_id
JOIN t_year y ON y.batch_id = s.batch_id AND y.is_current AND m.at >= y.starts_at
             AND m.at < y.until_at
WHERE s.role = 'none' OR m.batch_id IS NULL OR m.batch_id = s.batch_id
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
ANALYZE t_accepted;

CREATE TEMP TABLE t_traded ON COMMIT DROP AS
SELECT u.unit_id, p.category, m.at >= %(month_start)s AS in_month,
       sum(m.packs * m.unit_price) FILTER (
           WHERE s.role <> 'none' AND m.at >= b.first_at AND m.at < b.last_at
             AND (m.batch_id IS NULL OR m.batch_id = s.batch_id)) AS selected,
       sum(m.packs * m.unit_price) AS amount
FROM (
    SELECT institution_id, product_id, batch_id, unit_price, accepted_packs AS packs,
           received_at AS at
    FROM procurement_receipt WHERE received_at >= %(year_start)s AND received_at < %(cut)s
    UNION ALL
    SELECT institution_id, product_id, batch_id, unit_price, -packs, returned_at
    FROM procurement_return WHERE returned_at >= %(year_start)s AND returned_at < %(cut)s
) m
JOIN t_unit u USING (institution_id)
JOIN catalog_product p ON p.id = m.product_id AND NOT 'negotiated' = ANY (p.tags)
LEFT JOIN t_standing s ON s.zone_id = u.zone_id AND s.product_id = m.product_id
LEFT JOIN (SELECT batch_id, min(starts_at) AS first_at, max(ends_at) AS last_at
           FROM t_year GROUP BY batch_id) b ON b.batch_id = s.batch_id
GROUP BY 1, 2, 3;
ANALYZE t_traded;

CREATE TEMP TABLE t_substituted ON COMMIT DROP AS
SELECT u.unit_id, y.batch_id, y.year_no, x.group_id, m.at >= y.starts_at AS is_current,
       m.is_history, sum(m.packs * p.base_units_per_pack) AS quantity
FROM (
    SELECT institution_id, product_id, accepted_packs AS packs, received_at AS at,
           FALSE AS is_history
    FROM procurement_receipt WHERE received_at >= %(prior_from)s AND received_at < %(cut)s
    UNION ALL
    SELECT institution_id, product_id, -packs, returned_at, FALSE
    FROM procurement_return WHERE returned_at >= %(prior_from)s AND returned_at < %(cut)s
    UNION ALL
    SELECT institution_id, product_id, packs, month::timestamp AT TIME ZONE 'Asia/Shanghai', TRUE
    FROM procurement_purchasehistory WHERE month >= %(prior_day)s AND month <= %(last_day)s
) m
JOIN catalog_substitute x USING (product_id)
JOIN (SELECT DISTINCT batch_id, group_id FROM t_standing) g ON g.group_id = x.group_id
JOIN t_year y ON y.batch_id = g.batch_id AND y.is_current AND m.at >= y.prior_from
             AND m.at < y.until_at
JOIN t_unit u USING (institution_id)
JOIN catalog_product p ON p.id = m.product_id
GROUP BY 1, 2, 3, 4, 5, 6;
ANALYZE t_substituted;

CREATE TEMP TABLE t_completion ON COMMIT DROP AS
SELECT x.unit_id, x.batch_id, x.year_no, x.product_id,
       round(round(sum(x.done), 20), 8) AS done, round(round(sum(x.agreed), 20), 8) AS agreed,
       NOT p.group_id IN (SELECT group_id FROM catalog_exemption
                          WHERE kind = 'agreed_volume') AS assessed
FROM (
    SELECT unit_id, batch_id, year_no, product_id, 0::numeric AS done, agreed FROM t_agreed
    UNION ALL
    SELECT unit_id, batch_id, year_no, product_id, quantity, 0 FROM t_accepted
    WHERE role = 'selected'
    UNION ALL
    SELECT a.unit_id, a.batch_id, a.year_no, d.product_id,
           round(a.quantity * d.agreed, 30) / d.group_agreed, 0
    FROM t_accepted a
    JOIN t_agreed d USING (unit_id, batch_id, year_no, group_id)
    WHERE a.role = 'standby' AND NOT a.left_out
) x
JOIN catalog_product p ON p.id = x.product_id
GROUP BY x.unit_id, x.batch_id, x.year_no, x.product_id, p.group_id;
ANALYZE t_completion;
