"""receipts.csv: what was taken of deliveries, and corrections (receipt_no 2 and up)."""

from core.datasets import (
    Check,
    DatasetFile,
    Reference,
    Sign,
    at,
    at_child_or_parent,
    instant,
    known,
    number,
    refers,
    text,
    whole,
)

SELECT = """
SELECT r.id, o.order_no, l.line_no, d.delivery_no, r.receipt_no, r.accepted_packs, r.refused_packs,
       r.received_at, o.id AS order_id
FROM procurement_order o
JOIN procurement_orderline l ON l.order_id = o.id AND l.ordered_at = o.sent_at
JOIN procurement_delivery d ON d.line_id = l.id
JOIN procurement_receipt r ON r.delivery_id = d.id
"""

NARROW = "WHERE order_id IN (SELECT id FROM touched_orders)"

INSERT = """
INSERT INTO procurement_receipt
    (delivery_id, receipt_no, accepted_packs, refused_packs, received_at,
     line_id, ordered_at, product_id, group_id, batch_id, unit_price,
     manufacturer_id, distributor_id, institution_id, county_id, city_id, province_id, pool_id)
SELECT d.id, n.receipt_no, n.accepted_packs, n.refused_packs, n.received_at,
       d.line_id, d.ordered_at, d.product_id, d.group_id, d.batch_id, d.unit_price,
       d.manufacturer_id, d.distributor_id, d.institution_id, d.county_id, d.city_id,
       d.province_id, d.pool_id
FROM n_receipts n
JOIN procurement_order o ON o.order_no = n.order_no
JOIN procurement_orderline l
  ON l.order_id = o.id AND l.ordered_at = o.sent_at AND l.line_no = n.line_no
JOIN procurement_delivery d ON d.line_id = l.id AND d.delivery_no = n.delivery_no
"""

UPDATE = """
UPDATE procurement_receipt r
SET accepted_packs = u.accepted_packs, refused_packs = u.refused_packs, received_at = u.received_at
FROM u_receipts u WHERE r.id = u.id
"""


def negative_only_in_corrections(column: str) -> Check:
    """Packs of a first receipt are not negative."""
    return Check(
        needs=("receipts",),
        sql=f"""
        SELECT {at("s", "receipts", column)}, '不能为负：只有 receipt_no 为 2 及以上的更正可以为负'
        FROM s_receipts s WHERE s.{column} < 0 AND s.receipt_no = 1
        """,
    )


DELIVERED_FIRST = Check(
    needs=("receipts", "deliveries"),
    sql=f"""
    SELECT {
        at_child_or_parent(("r", "receipts", "delivery_no"), ("d", "deliveries", "delivered_at"))
    },
           '订单 ' || r.order_no || ' 第 ' || r.line_no || ' 行的配送 ' || r.delivery_no
           || ' 没有送达时间，不能收货：请先在 deliveries.csv 填 delivered_at'
    FROM v_receipts r
    JOIN v_deliveries d ON d.order_no = r.order_no AND d.line_no = r.line_no
                       AND d.delivery_no = r.delivery_no
    WHERE d.delivered_at IS NULL AND {known("d", "delivered_at")}
    """,
)

RECEIVED_AFTER_DELIVERED = Check(
    needs=("receipts", "deliveries"),
    sql=f"""
    SELECT {
        at_child_or_parent(("r", "receipts", "received_at"), ("d", "deliveries", "delivered_at"))
    },
           '收货时间早于送达时间（' || to_char(d.delivered_at, 'YYYY-MM-DD HH24:MI:SS.US')
           || '）：订单 ' || r.order_no || ' 第 ' || r.line_no || ' 行，配送 ' || r.delivery_no
    FROM v_receipts r
    JOIN v_deliveries d ON d.order_no = r.order_no AND d.line_no = r.line_no
                       AND d.delivery_no = r.delivery_no
    WHERE r.received_at < d.delivered_at
    """,
)

SUMS_TO_DELIVERED = Check(
    needs=("receipts", "deliveries"),
    sql="""
    SELECT CASE WHEN r.line IS NOT NULL THEN 'receipts' ELSE 'deliveries' END,
           coalesce(r.line, d.line),
           CASE WHEN r.line IS NULL THEN 'packs'
                WHEN r.refused < 0 AND r.accepted >= 0 THEN 'refused_packs'
                ELSE 'accepted_packs' END,
           CASE WHEN r.accepted + r.refused <> d.packs
                THEN '验收 ' || trim_scale(r.accepted) || ' 加拒收 ' || trim_scale(r.refused)
                     || ' 不等于配送的 ' || trim_scale(d.packs) || ' 包装（各次收货合计），请核对'
                WHEN r.accepted < 0 THEN '各次收货的验收数合计为 ' || trim_scale(r.accepted) || '，不能为负'
                ELSE '各次收货的拒收数合计为 ' || trim_scale(r.refused) || '，不能为负' END
    FROM (SELECT order_no, line_no, delivery_no, max(line) AS line,
                 sum(accepted_packs) AS accepted, sum(refused_packs) AS refused
          FROM v_receipts
          WHERE order_no IS NOT NULL AND line_no IS NOT NULL AND delivery_no IS NOT NULL
          GROUP BY order_no, line_no, delivery_no
          HAVING count(accepted_packs) = count(*) AND count(refused_packs) = count(*)) r
    JOIN v_deliveries d ON d.order_no = r.order_no AND d.line_no = r.line_no
                       AND d.delivery_no = r.delivery_no
    WHERE r.accepted + r.refused <> d.packs OR r.accepted < 0 OR r.refused < 0
    """,
)

RECEIPTS = DatasetFile(
    name="receipts",
    label="收货",
    columns=(
        text("order_no", key=True),
        whole("line_no", key=True),
        text("delivery_no", key=True),
        whole("receipt_no", key=True, optional=True, default="1", smallest=1),
        number("accepted_packs", Sign.ANY),
        number("refused_packs", Sign.ANY),
        instant("received_at"),
    ),
    references=(
        Reference(
            ("order_no", "line_no", "delivery_no"),
            "deliveries",
            ("order_no", "line_no", "delivery_no"),
            "配送",
            path=(
                refers("order_no", "orders", "order_no", "订单"),
                Reference(
                    ("order_no", "line_no"), "order_lines", ("order_no", "line_no"), "订单行"
                ),
            ),
        ),
    ),
    checks=(
        negative_only_in_corrections("accepted_packs"),
        negative_only_in_corrections("refused_packs"),
        DELIVERED_FIRST,
        RECEIVED_AFTER_DELIVERED,
        SUMS_TO_DELIVERED,
    ),
    select=SELECT,
    narrow=NARROW,
    inserts=(INSERT,),
    updates=(UPDATE,),
)
