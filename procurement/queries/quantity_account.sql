-- Every line that the figures of these accounts are made of: account, measure, where from, how much.
-- An order line or a receipt has no number here: who shows the lines finds it by line_id.
-- The definitions are those of monitoring's completion_rate: agreements signed by all three, selected
-- lines by the supply region and the day of the event, verified standby shared in proportion to A.
WITH account AS MATERIALIZED (
    SELECT a.id, a.institution_id, a.product_id, a.batch_id, a.year_no, p.group_id,
           p.base_units_per_pack AS pack,
           y.starts_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS starts_at,
           LEAST((y.ends_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai', %(at)s) AS ends_at,
           COALESCE(c.lead_id, a.institution_id) AS unit_id
    FROM contracts_agreementline a
    JOIN catalog_product p ON p.id = a.product_id
    JOIN catalog_agreementyear y ON y.batch_id = a.batch_id AND y.year_no = a.year_no
    LEFT JOIN organisations_consortiummembership m
           ON m.institution_id = a.institution_id AND m.valid_from <= %(day)s
          AND (m.valid_to IS NULL OR m.valid_to >= %(day)s)
    LEFT JOIN organisations_consortium c ON c.id = m.consortium_id
    WHERE a.id = ANY (%(accounts)s)
), peer AS MATERIALIZED (
    -- Who belongs to the unit on that day; the lead and its members.
    SELECT u.unit_id, u.unit_id AS institution_id FROM (SELECT DISTINCT unit_id FROM account) u
    UNION
    SELECT u.unit_id, m.institution_id
    FROM (SELECT DISTINCT unit_id FROM account) u
    JOIN organisations_consortium c ON c.lead_id = u.unit_id
    JOIN organisations_consortiummembership m
      ON m.consortium_id = c.id AND m.valid_from <= %(day)s
     AND (m.valid_to IS NULL OR m.valid_to >= %(day)s)
), zone AS MATERIALIZED (
    -- What decides a supply region: the institution's own city and province.
    SELECT i.institution_id,
           ARRAY_REMOVE(ARRAY[
               CASE r.level WHEN 'city' THEN r.id
                            WHEN 'county' THEN CASE WHEN up.level = 'city' THEN up.id END END,
               CASE WHEN r.level = 'province' THEN r.id
                    WHEN up.level = 'province' THEN up.id ELSE up.parent_id END
           ], NULL) AS regions
    FROM (SELECT DISTINCT institution_id FROM peer) i
    JOIN organisations_organisation o ON o.id = i.institution_id
    JOIN organisations_region r ON r.id = o.region_id
    LEFT JOIN organisations_region up ON up.id = r.parent_id
), agreed AS MATERIALIZED (
    -- Effective agreements of the units, of whole groups: A of the account and A of its group.
    SELECT e.id, e.agreement_no, e.institution_id, e.product_id, e.batch_id, e.year_no,
           e.agreed_qty, q.group_id, n.unit_id, e.manufacturer_id, e.distributor_id, e.county_id, e.city_id, e.province_id,
           e.pool_id,
           GREATEST(e.institution_signed_at, e.manufacturer_signed_at, e.distributor_signed_at)
               AS signed_at
    FROM peer n
    JOIN contracts_agreementline e ON e.institution_id = n.institution_id
    JOIN catalog_product q ON q.id = e.product_id
    WHERE e.institution_signed_at < %(at)s AND e.manufacturer_signed_at < %(at)s
      AND e.distributor_signed_at < %(at)s AND (e.ended_at IS NULL OR e.ended_at >= %(at)s)
      AND (e.batch_id, e.year_no) IN (SELECT batch_id, year_no FROM account)
), buyer AS MATERIALIZED (
    SELECT k.id, k.institution_id FROM account k
    UNION
    SELECT k.id, n.institution_id
    FROM account k
    JOIN peer n ON n.unit_id = k.unit_id
    WHERE NOT EXISTS (
        SELECT FROM agreed o
        WHERE o.institution_id = n.institution_id AND o.product_id = k.product_id
          AND o.batch_id = k.batch_id AND o.year_no = k.year_no)
      -- The lead's account; where the lead has none, that of the member with the lowest id.
      AND k.institution_id = (
        SELECT o.institution_id FROM agreed o
        WHERE o.unit_id = k.unit_id AND o.product_id = k.product_id
          AND o.batch_id = k.batch_id AND o.year_no = k.year_no
        ORDER BY o.institution_id <> o.unit_id, o.institution_id LIMIT 1)
), span AS MATERIALIZED (
    -- When the product is a selected one for the buyer, within the year.
    SELECT b.id, b.institution_id AS buyer_id, k.product_id, k.batch_id, k.pack, k.starts_at,
           range_agg(tstzrange(
               GREATEST(k.starts_at, s.valid_from::timestamp AT TIME ZONE 'Asia/Shanghai'),
               LEAST(k.ends_at, (s.valid_to + 1)::timestamp AT TIME ZONE 'Asia/Shanghai')
           )) AS during
    FROM buyer b
    JOIN account k ON k.id = b.id
    JOIN zone z ON z.institution_id = b.institution_id
    JOIN catalog_selection s
      ON s.batch_id = k.batch_id AND s.product_id = k.product_id AND s.role = 'selected'
     AND s.region_id = ANY (z.regions)
    WHERE GREATEST(k.starts_at, s.valid_from::timestamp AT TIME ZONE 'Asia/Shanghai')
        < LEAST(k.ends_at, (s.valid_to + 1)::timestamp AT TIME ZONE 'Asia/Shanghai')
    GROUP BY b.id, b.institution_id, k.product_id, k.batch_id, k.pack, k.starts_at
), standby_span AS MATERIALIZED (
    -- Standby products of an account's group that a standby_counts case covers, and are not selected.
    SELECT k.id, n.institution_id AS buyer_id, p.id AS product_id, k.batch_id,
           p.base_units_per_pack AS pack, g.agreed, g.group_agreed,
           tstzmultirange(tstzrange(k.starts_at, k.ends_at))
           * range_agg(tstzrange(
               s.valid_from::timestamp AT TIME ZONE 'Asia/Shanghai',
               (s.valid_to + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'))
               FILTER (WHERE s.role = 'standby')
           - COALESCE(range_agg(tstzrange(
               s.valid_from::timestamp AT TIME ZONE 'Asia/Shanghai',
               (s.valid_to + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'))
               FILTER (WHERE s.role = 'selected'), '{}'::tstzmultirange) AS during
    FROM account k
    JOIN peer n ON n.unit_id = k.unit_id
    JOIN zone z ON z.institution_id = n.institution_id
    JOIN catalog_product p ON p.group_id = k.group_id
    JOIN catalog_selection s
      ON s.batch_id = k.batch_id AND s.product_id = p.id AND s.region_id = ANY (z.regions)
    CROSS JOIN LATERAL (
        SELECT sum(e.agreed_qty) FILTER (WHERE e.product_id = k.product_id
                                           AND e.institution_id = k.institution_id) AS agreed,
               sum(e.agreed_qty) AS group_agreed
        FROM agreed e
        WHERE e.unit_id = k.unit_id AND e.batch_id = k.batch_id AND e.year_no = k.year_no
          AND e.group_id = k.group_id
    ) g
    WHERE EXISTS (
        SELECT FROM catalog_exemption e
        LEFT JOIN peer w ON w.institution_id = e.institution_id
        WHERE e.kind = 'standby_counts'
          AND (e.batch_id IS NULL OR e.batch_id = k.batch_id)
          AND (e.group_id IS NULL OR e.group_id = k.group_id)
          AND (e.product_id IS NULL OR e.product_id = p.id)
          AND (e.institution_id IS NULL OR w.unit_id = k.unit_id))
    GROUP BY k.id, n.institution_id, p.id, k.batch_id, p.base_units_per_pack, g.agreed,
             g.group_agreed, k.starts_at, k.ends_at
    HAVING bool_or(s.role = 'standby')
), wanted AS MATERIALIZED (
    -- Whose receipts and returns count, and of what: one row.
    SELECT array_agg(DISTINCT buyer_id) AS buyers, array_agg(DISTINCT product_id) AS products
    FROM (SELECT buyer_id, product_id FROM span
          UNION ALL SELECT buyer_id, product_id FROM standby_span) w
), receipt AS MATERIALIZED (
    -- What came and what went back are read once, whatever the number of accounts.
    SELECT r.institution_id, r.product_id, r.batch_id, r.line_id, r.ordered_at, r.accepted_packs,
           r.refused_packs,
           r.received_at, r.manufacturer_id, r.distributor_id, r.county_id, r.city_id, r.province_id,
           r.pool_id
    FROM procurement_receipt r
    WHERE r.institution_id = ANY ((SELECT buyers FROM wanted)::bigint[])
      AND r.product_id = ANY ((SELECT products FROM wanted)::bigint[])
      AND r.received_at >= (SELECT min(starts_at) FROM account) AND r.received_at < %(at)s
), returned AS MATERIALIZED (
    SELECT t.institution_id, t.product_id, t.batch_id, t.line_id, t.ordered_at, t.packs,
           t.returned_at, t.return_no, t.manufacturer_id, t.distributor_id, t.county_id,
           t.city_id, t.province_id, t.pool_id
    FROM procurement_return t
    WHERE t.institution_id = ANY ((SELECT buyers FROM wanted)::bigint[])
      AND t.product_id = ANY ((SELECT products FROM wanted)::bigint[])
      AND t.returned_at >= (SELECT min(starts_at) FROM account) AND t.returned_at < %(at)s
), taken AS MATERIALIZED (
    SELECT line_id, sum(accepted_packs) AS packs, sum(refused_packs) AS refused
    FROM receipt GROUP BY line_id
), sent AS MATERIALIZED (
    -- Each line of the buyers is read once, whatever the number of their accounts.
    SELECT l.id, l.institution_id, l.product_id, l.batch_id, l.ordered_at, l.packs, l.response,
           l.responded_at, l.cancelled_at, l.closed_at, l.manufacturer_id, l.distributor_id,
           l.county_id, l.city_id, l.province_id, l.pool_id
    FROM procurement_orderline l
    WHERE l.institution_id = ANY (ARRAY(SELECT DISTINCT buyer_id FROM span))
      AND l.product_id = ANY (ARRAY(SELECT DISTINCT product_id FROM span))
      AND l.ordered_at >= (SELECT min(starts_at) FROM span) AND l.ordered_at < %(at)s
), line AS MATERIALIZED (
    SELECT s.id, s.buyer_id, l.id AS line_id, l.ordered_at,
           l.packs * s.pack AS ordered, COALESCE(t.packs, 0) * s.pack AS taken,
           -- What can come at all: of a closed line only what was shipped; refused packs never do.
           (CASE WHEN l.closed_at < %(at)s THEN LEAST(l.packs, COALESCE((
                SELECT sum(d.packs) FROM procurement_delivery d
                WHERE d.line_id = l.id AND d.recorded_at >= l.ordered_at AND d.recorded_at < %(at)s
            ), 0)) ELSE l.packs END - COALESCE(t.packs + t.refused, 0)) * s.pack AS to_come,
           (l.cancelled_at < %(at)s) IS TRUE AS cancelled,
           (l.response = 'rejected' AND l.responded_at < %(at)s) IS TRUE AS rejected,
           l.manufacturer_id, l.distributor_id, l.county_id, l.city_id, l.province_id,
           l.pool_id
    FROM span s
    JOIN sent l
      ON l.institution_id = s.buyer_id AND l.product_id = s.product_id
     AND (l.batch_id IS NULL OR l.batch_id = s.batch_id)
    LEFT JOIN taken t ON t.line_id = l.id
    WHERE s.during @> l.ordered_at
), verified AS (
    SELECT s.id, s.buyer_id, m.source, m.number, m.at,
           round(m.packs * s.pack * s.agreed, 30) / s.group_agreed AS quantity,
           m.manufacturer_id, m.distributor_id, m.county_id, m.city_id, m.province_id,
           m.pool_id
    FROM standby_span s
    JOIN account k ON k.id = s.id
    JOIN (
        SELECT r.institution_id, r.product_id, 'receipt' AS source, r.accepted_packs AS packs,
               r.received_at AS at, r.batch_id, ''::text AS number,
               r.manufacturer_id, r.distributor_id, r.county_id, r.city_id, r.province_id,
               r.pool_id
        FROM receipt r
        UNION ALL
        SELECT t.institution_id, t.product_id, 'return', -t.packs, t.returned_at, t.batch_id,
               t.return_no, t.manufacturer_id, t.distributor_id, t.county_id, t.city_id,
               t.province_id, t.pool_id
        FROM returned t
    ) m ON m.institution_id = s.buyer_id AND m.product_id = s.product_id
    -- What `during` holds lies within the year and before the moment that was asked for.
    WHERE s.during @> m.at AND (m.batch_id IS NULL OR m.batch_id = s.batch_id)
      AND EXISTS (
        SELECT FROM catalog_exemption e
        LEFT JOIN peer w ON w.institution_id = e.institution_id
        WHERE e.kind = 'standby_counts'
          AND (e.batch_id IS NULL OR e.batch_id = s.batch_id)
          AND (e.group_id IS NULL OR e.group_id = k.group_id)
          AND (e.product_id IS NULL OR e.product_id = s.product_id)
          AND (e.institution_id IS NULL OR w.unit_id = k.unit_id)
          AND tstzrange(e.from_on::timestamp AT TIME ZONE 'Asia/Shanghai',
                        (e.to_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai') @> m.at)
)
SELECT k.id AS account_id, 'agreed' AS measure, 'agreement' AS source, e.agreement_no AS number,
       NULL::bigint AS line_id, NULL::timestamptz AS ordered_at, e.institution_id, e.signed_at AS at, e.agreed_qty AS quantity, '' AS note,
       e.manufacturer_id, e.distributor_id, e.county_id, e.city_id, e.province_id,
           e.pool_id
FROM account k
JOIN agreed e ON e.institution_id = k.institution_id AND e.product_id = k.product_id
             AND e.batch_id = k.batch_id AND e.year_no = k.year_no
UNION ALL
SELECT l.id, m.measure, 'order_line', '', l.line_id, l.ordered_at, l.buyer_id, l.ordered_at,
       m.quantity,
       CASE WHEN l.cancelled THEN '已撤单' WHEN l.rejected THEN '已拒绝' ELSE '' END,
       l.manufacturer_id, l.distributor_id, l.county_id, l.city_id, l.province_id,
           l.pool_id
FROM line l
CROSS JOIN LATERAL (
    SELECT CASE WHEN l.cancelled OR l.rejected THEN 0 ELSE GREATEST(l.to_come, 0) END AS packs
) AS still
CROSS JOIN LATERAL (VALUES
    ('ordered', l.ordered),
    ('released', GREATEST(l.ordered - l.taken - still.packs, 0)),
    ('outstanding', still.packs)
) AS m(measure, quantity)
WHERE m.quantity <> 0
UNION ALL
SELECT s.id, 'accepted', 'receipt', '', r.line_id, r.ordered_at, s.buyer_id, r.received_at,
       r.accepted_packs * s.pack, '', r.manufacturer_id, r.distributor_id, r.county_id, r.city_id, r.province_id,
           r.pool_id
FROM span s
JOIN receipt r ON r.institution_id = s.buyer_id AND r.product_id = s.product_id
              AND (r.batch_id IS NULL OR r.batch_id = s.batch_id) AND s.during @> r.received_at
UNION ALL
SELECT s.id, 'accepted', 'return', t.return_no, NULL, NULL, s.buyer_id, t.returned_at, -t.packs * s.pack, '退货',
       t.manufacturer_id, t.distributor_id, t.county_id, t.city_id, t.province_id,
           t.pool_id
FROM span s
JOIN returned t ON t.institution_id = s.buyer_id AND t.product_id = s.product_id
WHERE (t.batch_id IS NULL OR t.batch_id = s.batch_id) AND s.during @> t.returned_at
UNION ALL
SELECT v.id, 'adjusted', v.source, v.number, NULL, NULL, v.buyer_id, v.at, v.quantity,
       '核实备供，按约定量比例折算', v.manufacturer_id, v.distributor_id, v.county_id, v.city_id, v.province_id,
           v.pool_id
FROM verified v
