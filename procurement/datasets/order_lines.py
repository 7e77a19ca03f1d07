"""order_lines.csv: products on orders, with the distributor's answer."""

from core.datasets import (
    Check,
    DatasetFile,
    Sign,
    at,
    at_child_or_parent,
    choice,
    instant,
    known,
    number,
    refers,
    text,
    whole,
)
from procurement.models import OrderLine

SELECT = """
SELECT l.id, o.order_no, l.line_no, p.code AS product_code, b.code AS batch_code, l.packs,
       l.unit_price, NULLIF(l.response, '') AS response, l.responded_at,
       NULLIF(l.reject_reason, '') AS reject_reason, l.cancelled_at, o.id AS order_id
FROM procurement_order o
JOIN procurement_orderline l ON l.order_id = o.id AND l.ordered_at = o.sent_at
JOIN catalog_product p ON p.id = l.product_id
LEFT JOIN catalog_batch b ON b.id = l.batch_id
"""

NARROW = "WHERE order_id IN (SELECT id FROM touched_orders)"

KEPT = """
id, ordered_at, order_id, line_no, product_id, group_id, batch_id, packs, unit_price, response,
responded_at, response_due_at, delivery_due_at, cancelled_at, closed_at, institution_id,
manufacturer_id, distributor_id, county_id, city_id, province_id, pool_id
"""

NEW_LINES = f"""
CREATE TEMP TABLE new_lines ON COMMIT DROP AS SELECT {KEPT} FROM procurement_orderline LIMIT 0
"""
"""What this file inserts, kept beside so that the large table is not searched for it again."""

# In the order of time: of each index the same few pages are met again and again. Measured, a file
# in another order costs a third less so.
INSERT = f"""
WITH made AS (
INSERT INTO procurement_orderline
    (order_id, line_no, ordered_at, product_id, group_id, batch_id, packs, unit_price, response,
     responded_at, reject_reason, cancelled_at, response_due_at, delivery_due_at,
     manufacturer_id, distributor_id, institution_id, county_id, city_id, province_id, pool_id)
SELECT o.id, n.line_no, o.sent_at, p.id, p.group_id, b.id, n.packs, n.unit_price,
       coalesce(n.response, ''), n.responded_at, coalesce(n.reject_reason, ''), n.cancelled_at,
       o.sent_at + t.response_hours * interval '1 hour',
       o.sent_at + CASE WHEN o.urgent THEN t.urgent_delivery_hours
                        ELSE t.delivery_hours END * interval '1 hour',
       p.manufacturer_id, o.distributor_id, o.institution_id, o.county_id, o.city_id,
       o.province_id, o.pool_id
FROM n_order_lines n
JOIN procurement_order o ON o.order_no = n.order_no
JOIN catalog_product p ON p.code = n.product_code
LEFT JOIN catalog_batch b ON b.code = n.batch_code
JOIN organisations_region r ON r.id = o.province_id
JOIN terms t ON t.subject = coalesce('batch ' || n.batch_code, 'province ' || r.code)
            AND o.sent_at >= t.since AND o.sent_at < t.until
ORDER BY o.sent_at, o.id, n.line_no
RETURNING {KEPT})
INSERT INTO new_lines SELECT * FROM made
"""

# Another batch brings its own deadlines; the deadlines of one batch never change afterwards.
UPDATE = """
UPDATE procurement_orderline l
SET product_id = p.id, group_id = p.group_id, manufacturer_id = p.manufacturer_id,
    batch_id = b.id, packs = u.packs, unit_price = u.unit_price,
    response = coalesce(u.response, ''), responded_at = u.responded_at,
    reject_reason = coalesce(u.reject_reason, ''), cancelled_at = u.cancelled_at,
    response_due_at = CASE WHEN l.batch_id IS NOT DISTINCT FROM b.id THEN l.response_due_at
        ELSE o.sent_at + t.response_hours * interval '1 hour' END,
    delivery_due_at = CASE WHEN l.batch_id IS NOT DISTINCT FROM b.id THEN l.delivery_due_at
        ELSE o.sent_at + CASE WHEN o.urgent THEN t.urgent_delivery_hours
                              ELSE t.delivery_hours END * interval '1 hour' END
FROM u_order_lines u
JOIN procurement_order o ON o.order_no = u.order_no
JOIN catalog_product p ON p.code = u.product_code
LEFT JOIN catalog_batch b ON b.code = u.batch_code
JOIN organisations_region r ON r.id = o.province_id
JOIN terms t ON t.subject = coalesce('batch ' || u.batch_code, 'province ' || r.code)
            AND o.sent_at >= t.since AND o.sent_at < t.until
WHERE l.id = u.id AND l.ordered_at = o.sent_at
"""

NOTE_CHANGED = """
INSERT INTO moved_lines
SELECT u.id, o.sent_at
FROM u_order_lines u
JOIN d_order_lines d ON d.id = u.id
JOIN procurement_order o ON o.order_no = u.order_no
WHERE (d.product_code, d.batch_code, d.unit_price)
      IS DISTINCT FROM (u.product_code, u.batch_code, u.unit_price)
"""

ANSWERED_WITH_TIME = Check(
    needs=("order_lines",),
    sql=f"""
    SELECT 'order_lines', s.line,
           CASE WHEN s.response IS NULL THEN 'response' ELSE 'responded_at' END,
           '响应与响应时间要么都填，要么都空'
    FROM s_order_lines s
    WHERE {known("s", "response", "responded_at")}
      AND (s.response IS NULL) <> (s.responded_at IS NULL)
    """,
)

REASON_WITH_REJECTION = Check(
    needs=("order_lines",),
    sql=f"""
    SELECT {at("s", "order_lines", "reject_reason")}, '只有 response 为 rejected 的行才有拒绝原因，请留空'
    FROM s_order_lines s
    WHERE {known("s", "response")}
      AND s.reject_reason IS NOT NULL AND s.response IS DISTINCT FROM 'rejected'
    """,
)


def not_before_sent(column: str, word: str) -> Check:
    """The line's time is at or after the order was sent."""
    return Check(
        needs=("order_lines", "orders"),
        sql=f"""
        SELECT {at_child_or_parent(("l", "order_lines", column), ("o", "orders", "sent_at"))},
               '{word}早于订单发送时间：订单 ' || o.order_no || ' 于 '
               || to_char(o.sent_at, 'YYYY-MM-DD HH24:MI:SS.US') || ' 发送，第 ' || l.line_no
               || ' 行的{word}为 ' || to_char(l.{column}, 'YYYY-MM-DD HH24:MI:SS.US')
        FROM v_order_lines l JOIN v_orders o ON o.order_no = l.order_no
        WHERE l.{column} < o.sent_at
        """,
    )


ORDER_LINES = DatasetFile(
    name="order_lines",
    label="订单行",
    columns=(
        text("order_no", key=True),
        whole("line_no", key=True),
        text("product_code"),
        text("batch_code", optional=True),
        number("packs", Sign.POSITIVE),
        number("unit_price"),
        choice("response", OrderLine.Response.values, optional=True),
        instant("responded_at", optional=True),
        choice("reject_reason", OrderLine.RejectReason.values, optional=True),
        instant("cancelled_at", optional=True),
    ),
    references=(
        refers("order_no", "orders", "order_no", "订单"),
        refers("product_code", "products", "code", "产品"),
        refers("batch_code", "batches", "code", "批次"),
    ),
    checks=(
        ANSWERED_WITH_TIME,
        REASON_WITH_REJECTION,
        not_before_sent("responded_at", "响应时间"),
        not_before_sent("cancelled_at", "撤单时间"),
    ),
    select=SELECT,
    narrow=NARROW,
    inserts=(INSERT,),
    updates=(UPDATE,),
    after=(NOTE_CHANGED,),
)
