-- Lines with their deadlines, once: those of the year to date for fulfilment, of which the last
-- ones serve response and punctuality; and what a unit ordered before.
CREATE TEMP TABLE t_line ON COMMIT DROP AS
SELECT l.id, u.unit_id, l.distributor_id, s.manufacturer_id, l.product_id, s.batch_id, y.year_no,
       y.is_current, y.month_from, y.until_at, l.packs, l.packs * l.unit_price AS amount,
       l.unit_price,
       l.ordered_at + y.response_time AS response_due,
       l.ordered_at + CASE WHEN o.id IS NULL THEN y.delivery_time ELSE y.urgent_time END
           AS delivery_due,
       CASE WHEN l.responded_at < %(cut)s THEN l.response ELSE '' END AS response,
       CASE WHEN l.responded_at < %(cut)s THEN l.responded_at END AS responded_at,
       CASE WHEN l.cancelled_at < %(cut)s
             AND (l.responded_at IS NULL OR l.cancelled_at < l.responded_at)
            THEN l.cancelled_at END AS withdrawn_at,
       (l.responded_at < %(cut)s AND l.response = 'rejected'
        AND l.reject_reason IN ('delisted', 'duplicate', 'institution_error')) IS TRUE AS excused
FROM procurement_orderline l
JOIN t_unit u USING (institution_id)
JOIN t_standing s ON s.zone_id = u.zone_id AND s.product_id = l.product_id AND s.role <> 'none'
JOIN t_year y ON y.batch_id = s.batch_id AND l.ordered_at >= y.starts_at
             AND l.ordered_at < y.ends_at
LEFT JOIN (SELECT id FROM procurement_order
           WHERE urgent AND sent_at >= %(supply_from)s AND sent_at < %(cut)s) o
       ON o.id = l.order_id
WHERE l.ordered_at >= %(supply_from)s AND l.ordered_at < %(cut)s
  AND (l.batch_id IS NULL OR l.batch_id = s.batch_id);
ANALYZE t_line;

CREATE TEMP TABLE t_taken ON COMMIT DROP AS
SELECT line_id, sum(packs) AS packs
FROM (
    SELECT line_id, accepted_packs AS packs FROM procurement_receipt
    WHERE received_at >= %(supply_from)s AND received_at < %(cut)s
    UNION ALL
    SELECT line_id, -packs FROM procurement_return
    WHERE returned_at >= %(supply_from)s AND returned_at < %(cut)s
) m
GROUP BY line_id;
ANALYZE t_taken;

CREATE TEMP TABLE t_arrived ON COMMIT DROP AS
SELECT l.id, sum(d.packs) AS packs
FROM t_line l
JOIN procurement_delivery d ON d.line_id = l.id AND d.delivered_at <= l.delivery_due
WHERE l.delivery_due >= %(month_start)s AND l.delivery_due < %(cut)s
  AND d.recorded_at >= %(delivery_from)s AND d.recorded_at < %(cut)s
GROUP BY l.id;
ANALYZE t_arrived;

CREATE TEMP TABLE t_usual ON COMMIT DROP AS
SELECT x.unit_id, x.product_id, sum(x.quantity) AS total, count(DISTINCT x.month_no) AS months
FROM (
    SELECT u.unit_id, l.product_id, l.packs * p.base_units_per_pack AS quantity,
           width_bucket(l.ordered_at, %(month_edges)s::timestamptz[]) AS month_no
    FROM procurement_orderline l
    JOIN t_unit u USING (institution_id)
    JOIN catalog_product p ON p.id = l.product_id
    WHERE l.ordered_at >= %(usual_from)s AND l.ordered_at < %(month_start)s
    UNION ALL
    SELECT u.unit_id, h.product_id, h.packs * p.base_units_per_pack,
           width_bucket(h.month::timestamp AT TIME ZONE 'Asia/Shanghai',
                        %(month_edges)s::timestamptz[])
    FROM procurement_purchasehistory h
    JOIN t_unit u USING (institution_id)
    JOIN catalog_product p ON p.id = h.product_id
    WHERE h.month >= %(usual_first)s AND h.month < %(month_first)s
) x
JOIN (SELECT DISTINCT u.unit_id, l.product_id
      FROM procurement_orderline l JOIN t_unit u USING (institution_id)
      WHERE l.ordered_at >= %(month_start)s AND l.ordered_at < %(cut)s) n
  USING (unit_id, product_id)
GROUP BY x.unit_id, x.product_id;
ANALYZE t_usual;

CREATE TEMP TABLE t_due ON COMMIT DROP AS
SELECT r.id, r.line_id, u.unit_id
FROM procurement_receipt r
JOIN t_unit u USING (institution_id)
JOIN t_standing s ON s.zone_id = u.zone_id AND s.product_id = r.product_id AND s.role = 'selected'
JOIN t_year y ON y.batch_id = s.batch_id AND r.received_at >= y.starts_at
             AND r.received_at < y.ends_at
WHERE r.received_at >= %(payable_from)s AND r.received_at < %(payable_to)s
  AND (r.batch_id IS NULL OR r.batch_id = s.batch_id)
  AND date_trunc('month', r.received_at AT TIME ZONE 'Asia/Shanghai')
      + y.payment_due * INTERVAL '1 month' = %(month_first)s::timestamp;
ANALYZE t_due;

CREATE TEMP TABLE t_settled ON COMMIT DROP AS
SELECT line_id, sum(amount) AS amount
FROM (
    SELECT line_id, amount FROM procurement_payment
    WHERE line_id IN (SELECT line_id FROM t_due) AND paid_on <= %(last_day)s
    UNION ALL
    SELECT line_id, round(packs * unit_price, 2) FROM procurement_return
    WHERE line_id IN (SELECT line_id FROM t_due) AND returned_at < %(cut)s
) x
GROUP BY line_id;
ANALYZE t_settled;
