"""deliveries.csv: what was shipped of order lines."""

from core.datasets import (
    Check,
    DatasetFile,
    Reference,
    Sign,
    day,
    instant,
    known,
    number,
    refers,
    text,
    whole,
)

SELECT = """
SELECT d.id, o.order_no, l.line_no, d.delivery_no, d.packs, d.shipped_at, d.delivered_at,
       NULLIF(d.lot_no, '') AS lot_no, d.expires_on, NULLIF(d.note_no, '') AS note_no,
       NULLIF(d.invoice_no, '') AS invoice_no, o.id AS order_id
FROM procurement_order o
JOIN procurement_orderline l ON l.order_id = o.id AND l.ordered_at = o.sent_at
JOIN procurement_delivery d ON d.line_id = l.id
"""

NARROW = "WHERE order_id IN (SELECT id FROM touched_orders)"

INSERT = """
INSERT INTO procurement_delivery
    (delivery_no, recorded_at, packs, shipped_at, delivered_at, lot_no, expires_on, note_no,
     invoice_no, line_id, ordered_at, product_id, group_id, batch_id, unit_price,
     manufacturer_id, distributor_id, institution_id, county_id, city_id, province_id, pool_id)
SELECT n.delivery_no, coalesce(n.shipped_at, n.delivered_at, l.ordered_at), n.packs, n.shipped_at,
       n.delivered_at, coalesce(n.lot_no, ''), n.expires_on, coalesce(n.note_no, ''),
       coalesce(n.invoice_no, ''), l.id, l.ordered_at, l.product_id, l.group_id, l.batch_id,
       l.unit_price, l.manufacturer_id, l.distributor_id, l.institution_id, l.county_id,
       l.city_id, l.province_id, l.pool_id
FROM n_deliveries n
JOIN procurement_order o ON o.order_no = n.order_no
JOIN procurement_orderline l
  ON l.order_id = o.id AND l.ordered_at = o.sent_at AND l.line_no = n.line_no
"""

UPDATE = """
UPDATE procurement_delivery d
SET packs = u.packs, shipped_at = u.shipped_at, delivered_at = u.delivered_at,
    lot_no = coalesce(u.lot_no, ''), expires_on = u.expires_on,
    note_no = coalesce(u.note_no, ''), invoice_no = coalesce(u.invoice_no, ''),
    recorded_at = CASE
        WHEN (d.shipped_at, d.delivered_at) IS NOT DISTINCT FROM (u.shipped_at, u.delivered_at)
        THEN d.recorded_at ELSE coalesce(u.shipped_at, u.delivered_at, d.ordered_at) END
FROM u_deliveries u WHERE d.id = u.id
"""

IN_ORDER = Check(
    needs=("deliveries", "order_lines", "orders"),
    sql=f"""
    SELECT CASE WHEN x.line IS NOT NULL THEN 'deliveries'
                WHEN x.line_line IS NOT NULL THEN 'order_lines' ELSE 'orders' END,
           coalesce(x.line, x.line_line, x.order_line),
           CASE WHEN x.line IS NOT NULL THEN x.late
                WHEN x.line_line IS NOT NULL THEN 'responded_at' ELSE 'sent_at' END,
           CASE x.late WHEN 'shipped_at' THEN '发货时间' ELSE '送达时间' END || '早于'
           || x.before_name || '（' || to_char(x.before, 'YYYY-MM-DD HH24:MI:SS.US')
           || '）：订单 ' || x.order_no || ' 第 ' || x.line_no || ' 行，发送、响应、发货、送达、收货须依次进行'
    FROM (
        SELECT d.line, l.line AS line_line, o.line AS order_line, d.order_no, d.line_no, s.*
        FROM v_deliveries d
        JOIN v_order_lines l ON l.order_no = d.order_no AND l.line_no = d.line_no
        JOIN v_orders o ON o.order_no = d.order_no
        CROSS JOIN LATERAL (
            SELECT CASE WHEN l.responded_at IS NULL THEN '订单发送时间' ELSE '响应时间' END
                   AS prior_name,
                   CASE WHEN {known("l", "responded_at")}
                        THEN coalesce(l.responded_at, o.sent_at) END AS prior
        ) p
        CROSS JOIN LATERAL (
            SELECT 'shipped_at' AS late, p.prior AS before, p.prior_name AS before_name
            WHERE d.shipped_at < p.prior
            UNION ALL
            SELECT 'delivered_at', coalesce(d.shipped_at, p.prior),
                   CASE WHEN d.shipped_at IS NULL THEN p.prior_name ELSE '发货时间' END
            WHERE {known("d", "shipped_at")} AND d.delivered_at < coalesce(d.shipped_at, p.prior)
        ) s
        WHERE d.shipped_at < coalesce(l.responded_at, o.sent_at)
           OR d.delivered_at < coalesce(d.shipped_at, l.responded_at, o.sent_at)
    ) x
    """,
)

# Reported at the delivery that passes the limit, in the order of the file; where deliveries of
# the database alone pass it, at the line that was lowered.
NOT_OVER_ORDERED = Check(
    needs=("deliveries", "order_lines", "orders", "batch_parameters"),
    sql="""
    WITH total AS (
        SELECT order_no, line_no, sum(packs) AS packs
        FROM v_deliveries
        WHERE order_no IS NOT NULL AND line_no IS NOT NULL
        GROUP BY order_no, line_no HAVING count(packs) = count(*)
    ), over AS MATERIALIZED (
        SELECT d.order_no, d.line_no, l.line, l.packs,
               l.packs * (1 + t.over_delivery_tolerance) AS most
        FROM total d
        JOIN v_order_lines l ON l.order_no = d.order_no AND l.line_no = d.line_no
        JOIN v_orders o ON o.order_no = d.order_no
        JOIN institution_province i ON i.institution_code = o.institution_code
        JOIN terms t
          ON t.subject = coalesce('batch ' || l.batch_code, 'province ' || i.province_code)
         AND o.sent_at >= t.since AND o.sent_at < t.until
        WHERE d.packs > l.packs AND d.packs > l.packs * (1 + t.over_delivery_tolerance)
    )
    SELECT CASE WHEN x.line IS NULL AND x.line_line IS NOT NULL THEN 'order_lines'
                ELSE 'deliveries' END,
           coalesce(x.line, x.line_line, x.any_line), 'packs',
           '累计发货 ' || trim_scale(x.running) || ' 包装，超过订单 ' || x.order_no || ' 第 '
           || x.line_no || ' 行可发的 ' || trim_scale(x.most) || '，请核对包装数'
    FROM (SELECT d.line, d.order_no, d.line_no, d.packs, o.line AS line_line, o.most,
                 min(d.line) OVER (PARTITION BY d.order_no, d.line_no) AS any_line,
                 sum(d.packs) OVER (PARTITION BY d.order_no, d.line_no
                                    ORDER BY d.line NULLS FIRST, d.delivery_no) AS running
          FROM v_deliveries d
          JOIN over o ON o.order_no = d.order_no AND o.line_no = d.line_no) x
    WHERE x.running > x.most AND x.running - x.packs <= x.most
    """,
)

DELIVERIES = DatasetFile(
    name="deliveries",
    label="配送",
    columns=(
        text("order_no", key=True),
        whole("line_no", key=True),
        text("delivery_no", 40, key=True),
        number("packs", Sign.POSITIVE),
        instant("shipped_at", optional=True),
        instant("delivered_at", optional=True),
        text("lot_no", 60, optional=True),
        day("expires_on", optional=True),
        text("note_no", 60, optional=True),
        text("invoice_no", 60, optional=True),
    ),
    references=(
        Reference(
            ("order_no", "line_no"), "order_lines", ("order_no", "line_no"), "订单行",
            path=(refers("order_no", "orders", "order_no", "订单"),),
        ),
    ),
    checks=(IN_ORDER, NOT_OVER_ORDERED),
    select=SELECT,
    narrow=NARROW,
    inserts=(INSERT,),
    updates=(UPDATE,),
)  # fmt: skip
