-- Rows of all indicators at their finest key, one under the other. family b: with a batch.
CREATE TEMP TABLE t_base (
    indicator text, family text, win text, unit_id bigint, manufacturer_id bigint,
    distributor_id bigint, batch_id bigint, year_no smallint, group_id bigint, product_id bigint,
    category text, n numeric, d numeric, assessed boolean
) ON COMMIT DROP;

INSERT INTO t_base
SELECT 'report_deviation', 'b', 'ytd', unit_id, NULL, NULL, batch_id, year_no, group_id, NULL, '',
       reported - prior, prior, TRUE
FROM t_report;

INSERT INTO t_base
SELECT 'signing_rate', 'b', 'ytd', unit_id, manufacturer_id, distributor_id, batch_id, year_no,
       NULL, NULL, '', sum(signed::int), count(*), TRUE
FROM t_agreement
GROUP BY unit_id, manufacturer_id, distributor_id, batch_id, year_no;

INSERT INTO t_base
SELECT 'completion_rate', 'b', 'ytd', unit_id, NULL, NULL, batch_id, year_no, NULL, product_id, '',
       done, agreed, assessed
FROM t_completion;

INSERT INTO t_base
SELECT x.indicator, 'b', 'ytd', c.unit_id, NULL, NULL, c.batch_id, c.year_no, NULL, NULL, '',
       round(round(sum(round(x.done * a.worth, 30) / (a.agreed * a.units)), 20), 8),
       round(round(sum(round(a.worth, 30) / a.units), 20), 8), TRUE
FROM t_completion c
JOIN t_agreed a USING (unit_id, batch_id, year_no, product_id)
CROSS JOIN LATERAL (VALUES ('completion_amount_rate', c.done),
                           ('completion_capped_rate', LEAST(c.done, a.agreed))) x(indicator, done)
GROUP BY x.indicator, c.unit_id, c.batch_id, c.year_no;

INSERT INTO t_base
SELECT 'behind_schedule_rate', 'b', 'ytd', c.unit_id, NULL, NULL, c.batch_id, c.year_no, NULL,
       NULL, '', sum((c.done * y.total < c.agreed * y.elapsed)::int) FILTER (WHERE c.assessed),
       count(*) FILTER (WHERE c.assessed), TRUE
FROM t_completion c
JOIN t_year y USING (batch_id, year_no)
WHERE c.agreed > 0
GROUP BY c.unit_id, c.batch_id, c.year_no;

INSERT INTO t_base
SELECT 'non_selected_share', 'b', w.win, a.unit_id, NULL, NULL, a.batch_id, a.year_no, a.group_id,
       NULL, '', sum(a.quantity) FILTER (WHERE a.role = 'none'), sum(a.quantity),
       (a.unit_id, a.batch_id, a.year_no, a.group_id) IN (
           SELECT unit_id, batch_id, year_no, group_id FROM t_agreed)
FROM t_accepted a
JOIN (VALUES ('month', TRUE), ('ytd', TRUE), ('ytd', FALSE)) w(win, in_month)
  ON w.in_month = a.in_month
WHERE NOT a.left_out
GROUP BY w.win, a.unit_id, a.batch_id, a.year_no, a.group_id;

INSERT INTO t_base
SELECT 'unreported_share', 'b', 'ytd', x.unit_id, NULL, NULL, x.batch_id, x.year_no, x.group_id,
       NULL, '', sum(x.quantity) FILTER (WHERE x.is_other), sum(x.quantity), TRUE
FROM (
    SELECT unit_id, batch_id, year_no, group_id, role = 'none' AS is_other, quantity
    FROM t_accepted
    UNION ALL
    SELECT unit_id, batch_id, year_no, group_id, TRUE, quantity
    FROM t_substituted WHERE is_current AND NOT is_history
) x
WHERE (x.unit_id, x.batch_id, x.year_no, x.group_id) NOT IN (
    SELECT unit_id, batch_id, year_no, group_id FROM t_report WHERE approved)
GROUP BY x.unit_id, x.batch_id, x.year_no, x.group_id;

INSERT INTO t_base
SELECT 'substitute_ratio', 'b', 'ytd', unit_id, NULL, NULL, batch_id, year_no, group_id, NULL, '',
       sum(quantity) FILTER (WHERE is_current), sum(quantity) FILTER (WHERE NOT is_current), TRUE
FROM t_substituted
GROUP BY unit_id, batch_id, year_no, group_id;

INSERT INTO t_base
SELECT 'selected_amount_share', 'n', w.win, t.unit_id, NULL, NULL, NULL, NULL, NULL, NULL,
       c.category, sum(t.selected), sum(t.amount), TRUE
FROM t_traded t
JOIN (VALUES ('month', TRUE), ('ytd', TRUE), ('ytd', FALSE)) w(win, in_month)
  ON w.in_month = t.in_month
JOIN (VALUES ('drug'), ('consumable'), ('all')) c(category) ON c.category IN (t.category, 'all')
GROUP BY w.win, t.unit_id, c.category;

INSERT INTO t_base
SELECT 'response_rate', x.family, 'month', CASE x.family WHEN 'n' THEN l.unit_id END,
       CASE x.family WHEN 'n' THEN l.manufacturer_id END,
       CASE x.family WHEN 'n' THEN l.distributor_id END, x.batch_id, x.year_no, NULL,
       CASE x.family WHEN 'b' THEN l.product_id END, '',
       sum((l.response = 'confirmed' AND l.responded_at <= l.response_due)::int), count(*), TRUE
FROM t_line l
JOIN LATERAL (
    SELECT 'n', NULL::bigint, NULL::smallint
    UNION ALL
    SELECT 'b', l.batch_id, l.year_no
    WHERE l.is_current AND l.response_due >= l.month_from AND l.response_due < l.until_at
) x(family, batch_id, year_no) ON TRUE
WHERE l.response_due >= %(month_start)s AND l.response_due < %(cut)s
  AND NOT l.excused AND (l.withdrawn_at < l.response_due) IS NOT TRUE
GROUP BY 2, 4, 5, 6, 7, 8, 10;

INSERT INTO t_base
SELECT 'on_time_rate', x.family, 'month', CASE x.family WHEN 'n' THEN l.unit_id END,
       CASE x.family WHEN 'n' THEN l.manufacturer_id END,
       CASE x.family WHEN 'n' THEN l.distributor_id END, x.batch_id, x.year_no, NULL,
       CASE x.family WHEN 'b' THEN l.product_id END, '',
       sum((l.response <> 'rejected' AND COALESCE(a.packs, 0) >= l.packs)::int), count(*), TRUE
FROM t_line l
LEFT JOIN t_arrived a USING (id)
JOIN LATERAL (
    SELECT 'n', NULL::bigint, NULL::smallint
    UNION ALL
    SELECT 'b', l.batch_id, l.year_no
    WHERE l.is_current AND l.delivery_due >= l.month_from AND l.delivery_due < l.until_at
) x(family, batch_id, year_no) ON TRUE
WHERE l.delivery_due >= %(month_start)s AND l.delivery_due < %(cut)s
  AND NOT l.excused AND (l.withdrawn_at < l.delivery_due) IS NOT TRUE
GROUP BY 2, 4, 5, 6, 7, 8, 10;

CREATE TEMP TABLE t_fulfilled ON COMMIT DROP AS
SELECT l.unit_id, l.manufacturer_id, l.distributor_id, l.product_id, l.batch_id, l.year_no,
       l.is_current AND l.delivery_due < l.until_at AS batch_ytd,
       l.is_current AND l.delivery_due >= l.month_from AND l.delivery_due < l.until_at
           AS batch_month,
       l.delivery_due >= %(year_start)s AS plain_ytd,
       l.delivery_due >= %(month_start)s AS plain_month,
       sum(CASE WHEN l.response <> 'rejected'
                THEN LEAST(COALESCE(t.packs, 0), l.packs) * l.unit_price ELSE 0 END) AS n,
       sum(l.amount) AS d
FROM t_line l
LEFT JOIN t_taken t ON t.line_id = l.id
WHERE l.delivery_due < %(cut)s AND NOT l.excused
  AND (l.withdrawn_at < l.delivery_due) IS NOT TRUE
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;
ANALYZE t_fulfilled;

INSERT INTO t_base
SELECT 'fulfilment_rate', 'n', w.win, f.unit_id, f.manufacturer_id, f.distributor_id, NULL, NULL,
       NULL, NULL, '', sum(f.n), sum(f.d), TRUE
FROM t_fulfilled f
JOIN (VALUES ('month'), ('ytd')) w(win)
  ON CASE w.win WHEN 'month' THEN f.plain_month ELSE f.plain_ytd END
GROUP BY w.win, f.unit_id, f.manufacturer_id, f.distributor_id;

INSERT INTO t_base
SELECT 'fulfilment_rate', 'b', w.win, f.unit_id, NULL, NULL, f.batch_id, f.year_no,
       NULL, f.product_id, '', sum(f.n), sum(f.d), TRUE
FROM t_fulfilled f
JOIN (VALUES ('month'), ('ytd')) w(win)
  ON CASE w.win WHEN 'month' THEN f.batch_month ELSE f.batch_ytd END
GROUP BY w.win, f.unit_id, f.batch_id, f.year_no, f.product_id;

CREATE TEMP TABLE t_complaint ON COMMIT DROP AS
SELECT k.*, CASE WHEN k.replied_at IS NOT NULL THEN LEAST(k.promised_on, late.date)
                 ELSE late.date END AS solve_due
FROM (
    SELECT u.unit_id, c.manufacturer_id, c.distributor_id, c.promised_on, due.date AS reply_due,
           CASE WHEN c.replied_at < %(cut)s THEN c.replied_at END AS replied_at,
           CASE WHEN c.resolved_at < %(cut)s THEN c.resolved_at END AS resolved_at
    FROM complaints_complaint c
    JOIN t_unit u USING (institution_id)
    JOIN core_calendarday d0 ON d0.date = (c.filed_at AT TIME ZONE 'Asia/Shanghai')::date
    JOIN core_calendarday due
      ON due.is_workday AND due.workday_no = d0.workday_no + (%(reply_workdays)s::numeric[])[1]
    WHERE c.filed_at >= %(complaint_from)s AND c.filed_at < %(cut)s
) k
JOIN core_calendarday d0
  ON d0.date = LEAST(k.reply_due, (k.replied_at AT TIME ZONE 'Asia/Shanghai')::date)
JOIN core_calendarday late
  ON late.is_workday AND late.workday_no = d0.workday_no + (%(promise_workdays)s::numeric[])[1];

INSERT INTO t_base
SELECT 'reply_on_time_rate', 'n', 'month', unit_id, manufacturer_id, distributor_id, NULL, NULL,
       NULL, NULL, '',
       sum(COALESCE((replied_at AT TIME ZONE 'Asia/Shanghai')::date <= reply_due, FALSE)::int),
       count(*), TRUE
FROM t_complaint WHERE reply_due BETWEEN %(month_first)s AND %(last_day)s
GROUP BY unit_id, manufacturer_id, distributor_id;

INSERT INTO t_base
SELECT 'resolve_on_time_rate', 'n', 'month', unit_id, manufacturer_id, distributor_id, NULL, NULL,
       NULL, NULL, '',
       sum(COALESCE((resolved_at AT TIME ZONE 'Asia/Shanghai')::date <= solve_due, FALSE)::int),
       count(*), TRUE
FROM t_complaint WHERE solve_due BETWEEN %(month_first)s AND %(last_day)s
GROUP BY unit_id, manufacturer_id, distributor_id;

INSERT INTO t_base
SELECT 'receipt_overdue_rate', 'n', 'month', u.unit_id, NULL, NULL, NULL, NULL, NULL, NULL, '',
       sum((r.received_on IS NULL OR r.received_on > k.due_on)::int), count(*), TRUE
FROM procurement_delivery d
JOIN t_unit u USING (institution_id)
JOIN (SELECT d0.date AS day, due.date AS due_on
      FROM core_calendarday d0
      JOIN core_calendarday due
        ON due.is_workday
       AND due.workday_no = d0.workday_no + (%(receipt_workdays)s::numeric[])[1]
      WHERE due.date BETWEEN %(month_first)s AND %(last_day)s) k
  ON k.day = (d.delivered_at AT TIME ZONE 'Asia/Shanghai')::date
LEFT JOIN (SELECT delivery_id,
                  (min(received_at) AT TIME ZONE 'Asia/Shanghai')::date AS received_on
           FROM procurement_receipt
           WHERE received_at >= %(delivered_from)s AND received_at < %(cut)s
           GROUP BY delivery_id) r ON r.delivery_id = d.id
WHERE d.delivered_at >= %(delivered_from)s AND d.delivered_at < %(cut)s
  AND d.recorded_at < %(cut)s
GROUP BY u.unit_id;

INSERT INTO t_base
SELECT 'abnormal_order_rate', 'n', 'month', u.unit_id, NULL, NULL, NULL, NULL, NULL, NULL, '',
       sum(COALESCE(t.months >= 3 AND l.packs * p.base_units_per_pack * 12
                    > (%(abnormal_multiple)s::numeric[])[1] * t.total, FALSE)::int),
       count(*), TRUE
FROM procurement_orderline l
JOIN t_unit u USING (institution_id)
JOIN catalog_product p ON p.id = l.product_id
LEFT JOIN t_usual t ON t.unit_id = u.unit_id AND t.product_id = l.product_id
WHERE l.ordered_at >= %(month_start)s AND l.ordered_at < %(cut)s
GROUP BY u.unit_id;

INSERT INTO t_base
SELECT 'payment_on_time_rate', 'n', 'month', d.unit_id, NULL, NULL, NULL, NULL, NULL, NULL, '',
       sum(LEAST(COALESCE(s.amount, 0), o.up_to) - LEAST(COALESCE(s.amount, 0), o.up_to - o.amount)),
       sum(o.amount), TRUE
FROM t_due d
JOIN (
    SELECT id, round(accepted_packs * unit_price, 2) AS amount,
           sum(round(accepted_packs * unit_price, 2)) OVER (
               PARTITION BY line_id ORDER BY received_at, id ROWS UNBOUNDED PRECEDING) AS up_to
    FROM procurement_receipt
    WHERE line_id IN (SELECT line_id FROM t_due) AND received_at < %(cut)s
      AND received_at >= %(payable_from)s::timestamptz - INTERVAL '60 days'
) o USING (id)
LEFT JOIN t_settled s USING (line_id)
GROUP BY d.unit_id;
ANALYZE t_base;
