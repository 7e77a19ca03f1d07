-- One year of orders with ten lines each, in the order of time, and all that follows from them.
SELECT ensure_partitions(%(year_first)s, %(year_last)s);

CREATE TABLE bench.drawn AS
SELECT o AS order_id,
       %(start)s::timestamptz + (o - %(orders_before)s - random()) / %(orders)s
           * (%(end)s::timestamptz - %(start)s::timestamptz) AS sent_at,
       1 + width_bucket(random() * %(weight)s, %(weights)s::float8[]) AS institution_id,
       %(institutions)s + %(manufacturers)s + 1 + floor(random() * %(distributors)s)::int
           AS distributor_id,
       random() < 0.03 AS urgent
FROM generate_series(%(orders_before)s + 1, %(orders_before)s + %(orders)s) o;

INSERT INTO procurement_order
    (id, order_no, sent_at, urgent, receiving_place, distributor_id, institution_id,
     county_id, city_id, province_id, pool_id)
SELECT d.order_id, 'D' || d.order_id, d.sent_at, d.urgent, '', d.distributor_id, d.institution_id,
       s.county_id, s.city_id, 1, s.pool_id
FROM bench.drawn d JOIN bench.stamp s USING (institution_id);

INSERT INTO procurement_orderline
    (id, order_id, line_no, ordered_at, product_id, group_id, batch_id, packs, unit_price,
     response, responded_at, reject_reason, cancelled_at, response_due_at, delivery_due_at,
     manufacturer_id, distributor_id, institution_id, county_id, city_id, province_id, pool_id)
SELECT x.id, x.order_id, x.line_no, x.sent_at, p.id, p.group_id,
       CASE WHEN p.id <= 3 * %(groups)s AND mod(p.group_id, 7) <> 0 AND x.u < 0.62 AND x.v < 0.6
            THEN 1 + mod(p.group_id, 10) END,
       x.packs, round(p.listed_price * x.haggle, 2),
       CASE WHEN x.sent_at + x.answered_in >= %(end)s THEN ''
            WHEN x.w < 0.93 THEN 'confirmed' WHEN x.w < 0.96 THEN 'rejected' ELSE '' END,
       CASE WHEN x.w < 0.96 AND x.sent_at + x.answered_in < %(end)s
            THEN x.sent_at + x.answered_in END,
       CASE WHEN x.w < 0.93 OR x.w >= 0.96 OR x.sent_at + x.answered_in >= %(end)s THEN ''
            WHEN x.w < 0.95 THEN 'out_of_stock' ELSE 'delisted' END,
       CASE WHEN x.w >= 0.99 AND x.sent_at + INTERVAL '30 hours' < %(end)s
            THEN x.sent_at + INTERVAL '30 hours' END,
       x.sent_at + INTERVAL '48 hours', x.sent_at + INTERVAL '72 hours',
       p.manufacturer_id, x.distributor_id, x.institution_id,
       s.county_id, s.city_id, 1, s.pool_id
FROM (
    SELECT z.*, CASE WHEN z.u < 0.55 THEN mod(z.city_id - 1 + z.g, 2) * %(groups)s + z.g
                     WHEN z.u < 0.62 THEN 2 * %(groups)s + z.g
                     ELSE 1 + floor(random() * %(products)s)::int END AS product_id
    FROM (
        SELECT d.*, k AS line_no, (d.order_id - 1) * 10 + k AS id, s.city_id,
               random() AS u, random() AS v, random() AS w,
               1 + floor(%(groups)s * random() ^ 2)::int AS g,
               1 + floor(random() ^ 4 * 200)::int AS packs,
               CASE WHEN random() < 0.1 THEN 0.8 ELSE 1 END AS haggle,
               random() ^ 2 * INTERVAL '72 hours' AS answered_in
        FROM bench.drawn d
        JOIN bench.stamp s USING (institution_id)
        CROSS JOIN generate_series(1, 10) k
        OFFSET 0
    ) z
    OFFSET 0
) x
JOIN catalog_product p ON p.id = x.product_id
JOIN bench.stamp s USING (institution_id);

-- One line in eight comes in two parts; what would happen after the end has not happened.
INSERT INTO procurement_delivery
    (id, line_id, ordered_at, delivery_no, recorded_at, packs, shipped_at, delivered_at, lot_no,
     note_no, invoice_no, product_id, group_id, batch_id, unit_price, manufacturer_id,
     distributor_id, institution_id, county_id, city_id, province_id, pool_id)
SELECT %(deliveries_before)s + row_number() OVER (), x.id, x.ordered_at, part, x.shipped_at,
       CASE WHEN x.parts = 1 THEN x.packs WHEN part = 1 THEN x.packs - x.packs / 2 ELSE x.packs / 2 END,
       x.shipped_at,
       CASE WHEN x.shipped_at + x.carried + part * INTERVAL '4 hours' < %(end)s
            THEN x.shipped_at + x.carried + part * INTERVAL '4 hours' END,
       '', '', '', x.product_id, x.group_id, x.batch_id, x.unit_price, x.manufacturer_id,
       x.distributor_id, x.institution_id, x.county_id, x.city_id, 1, x.pool_id
FROM (
    SELECT l.*, l.responded_at + random() * INTERVAL '20 hours' AS shipped_at,
           random() ^ 2 * INTERVAL '90 hours' AS carried,
           CASE WHEN l.packs > 1 AND random() < 0.125 THEN 2 ELSE 1 END AS parts
    FROM procurement_orderline l
    WHERE l.ordered_at >= %(start)s AND l.ordered_at < %(end)s AND l.response = 'confirmed'
    OFFSET 0
) x
CROSS JOIN LATERAL generate_series(1, x.parts) part
WHERE x.shipped_at < %(end)s;

INSERT INTO procurement_receipt
    (line_id, ordered_at, delivery_id, receipt_no, accepted_packs, refused_packs, received_at,
     product_id, group_id, batch_id, unit_price, manufacturer_id, distributor_id,
     institution_id, county_id, city_id, province_id, pool_id)
SELECT x.line_id, x.ordered_at, x.id, 1, CASE WHEN x.u < 0.01 THEN 0 ELSE x.packs END,
       CASE WHEN x.u < 0.01 THEN x.packs ELSE 0 END, x.received_at,
       x.product_id, x.group_id, x.batch_id, x.unit_price, x.manufacturer_id, x.distributor_id,
       x.institution_id, x.county_id, x.city_id, 1, x.pool_id
FROM (
    SELECT d.*, d.delivered_at + random() ^ 3 * INTERVAL '240 hours' AS received_at, random() AS u
    FROM procurement_delivery d
    WHERE d.recorded_at >= %(start)s AND d.recorded_at < %(end)s AND d.delivered_at IS NOT NULL
    OFFSET 0
) x
WHERE x.received_at < %(end)s AND x.u < 0.92;

INSERT INTO procurement_return
    (line_id, ordered_at, return_no, packs, returned_at, product_id, group_id, batch_id,
     unit_price, manufacturer_id, distributor_id, institution_id, county_id, city_id,
     province_id, pool_id)
SELECT r.line_id, r.ordered_at, 'T' || r.id, 1, r.received_at + INTERVAL '5 days',
       r.product_id, r.group_id, r.batch_id, r.unit_price, r.manufacturer_id, r.distributor_id,
       r.institution_id, r.county_id, r.city_id, 1, r.pool_id
FROM procurement_receipt r
WHERE r.received_at >= %(start)s AND r.received_at < %(end)s::timestamptz - INTERVAL '5 days'
  AND r.accepted_packs > 1 AND random() < 0.01;

INSERT INTO procurement_payment
    (payment_no, enterprise_id, batch_id, order_id, line_no, line_id, ordered_at, amount, paid_on,
     payer, manufacturer_id, distributor_id, institution_id, county_id, city_id, province_id,
     pool_id)
SELECT 'P' || x.id, x.distributor_id, x.batch_id, (x.line_id - 1) / 10 + 1, mod(x.line_id - 1, 10) + 1,
       x.line_id, x.ordered_at, round(x.accepted_packs * x.unit_price, 2), x.paid_on,
       'institution', x.manufacturer_id, x.distributor_id, x.institution_id, x.county_id,
       x.city_id, 1, x.pool_id
FROM (
    SELECT r.*, (r.received_at + (10 + random() * 60) * INTERVAL '1 day')::date AS paid_on
    FROM procurement_receipt r
    WHERE r.received_at >= %(start)s AND r.received_at < %(end)s AND r.accepted_packs > 0
    OFFSET 0
) x
WHERE x.paid_on < %(end)s::timestamptz;

INSERT INTO complaints_complaint
    (complaint_no, filed_by, product_id, category, filed_at, replied_at, promised_on, resolved_at,
     institution_id, manufacturer_id, distributor_id, county_id, city_id, province_id, pool_id)
SELECT 'S' || l.id, 'institution', l.product_id, 'shortage', x.filed_at, x.filed_at + x.reply_in,
       CASE WHEN x.u < 0.6 THEN (x.filed_at + x.reply_in + INTERVAL '6 days')::date END,
       x.filed_at + x.reply_in + x.solve_in,
       l.institution_id, l.manufacturer_id, l.distributor_id, l.county_id, l.city_id, 1, l.pool_id
FROM procurement_orderline l
CROSS JOIN LATERAL (
    SELECT l.ordered_at + INTERVAL '5 days' AS filed_at, random() * INTERVAL '10 days' AS reply_in,
           random() * INTERVAL '20 days' AS solve_in, random() AS u, l.id AS of_line
) x
WHERE l.ordered_at >= %(start)s AND l.ordered_at < %(end)s::timestamptz - INTERVAL '36 days'
  AND mod(l.id, 500) = 0;

DROP TABLE bench.drawn;
