"""orders.csv: heads of purchase orders."""

from core.datasets import Check, DatasetFile, at, flag, instant, refers, text

SELECT = """
SELECT o.id, o.order_no, i.code AS institution_code, d.code AS distributor_uscc, o.sent_at,
       o.urgent, o.client_no, NULLIF(o.receiving_place, '') AS receiving_place
FROM procurement_order o
JOIN organisations_organisation i ON i.id = o.institution_id
JOIN organisations_organisation d ON d.id = o.distributor_id
"""

NARROW = "WHERE id IN (SELECT id FROM touched_orders)"

INSERT = """
INSERT INTO procurement_order
    (order_no, sent_at, urgent, client_no, receiving_place, distributor_id,
     institution_id, county_id, city_id, province_id, pool_id)
SELECT n.order_no, n.sent_at, n.urgent, n.client_no, coalesce(n.receiving_place, ''), d.id,
       s.institution_id, s.county_id, s.city_id, s.province_id, s.pool_id
FROM n_orders n
JOIN stamp s ON s.code = n.institution_code
JOIN organisations_organisation d ON d.code = n.distributor_uscc
ORDER BY n.sent_at
"""

# Two orders may exchange their numbers: both let go first, the unique rule is checked row by row.
FREE_CLIENT_NO = """
UPDATE procurement_order o SET client_no = NULL
FROM u_orders u
WHERE o.id = u.id AND o.client_no IS NOT NULL AND o.client_no IS DISTINCT FROM u.client_no
"""

RESTAMP = """
UPDATE procurement_order o
SET institution_id = s.institution_id, county_id = s.county_id, city_id = s.city_id,
    province_id = s.province_id, pool_id = s.pool_id
FROM u_orders u JOIN stamp s ON s.code = u.institution_code
WHERE o.id = u.id AND o.institution_id <> s.institution_id
"""

UPDATE = """
UPDATE procurement_order o
SET distributor_id = d.id, sent_at = u.sent_at, urgent = u.urgent, client_no = u.client_no,
    receiving_place = coalesce(u.receiving_place, '')
FROM u_orders u JOIN organisations_organisation d ON d.code = u.distributor_uscc
WHERE o.id = u.id
"""

# sent_at is the lines' partition key and their deadlines start from it.
MOVE_LINES = """
UPDATE procurement_orderline l
SET ordered_at = x.sent_at, institution_id = x.institution_id, distributor_id = x.distributor_id,
    county_id = x.county_id, city_id = x.city_id, province_id = x.province_id,
    pool_id = x.pool_id, response_due_at = x.response_due_at, delivery_due_at = x.delivery_due_at
FROM (
    SELECT l.id, l.ordered_at, o.sent_at, o.institution_id, o.distributor_id, o.county_id,
           o.city_id, o.province_id, o.pool_id,
           CASE WHEN d.sent_at = u.sent_at THEN l.response_due_at
                ELSE o.sent_at + t.response_hours * interval '1 hour' END AS response_due_at,
           CASE WHEN d.sent_at = u.sent_at AND d.urgent = u.urgent THEN l.delivery_due_at
                ELSE o.sent_at + CASE WHEN o.urgent THEN t.urgent_delivery_hours
                                      ELSE t.delivery_hours END * interval '1 hour'
           END AS delivery_due_at
    FROM u_orders u
    JOIN d_orders d ON d.id = u.id
    JOIN procurement_order o ON o.id = u.id
    JOIN procurement_orderline l ON l.order_id = o.id AND l.ordered_at = d.sent_at
    JOIN organisations_region r ON r.id = o.province_id
    LEFT JOIN catalog_batch b ON b.id = l.batch_id
    JOIN terms t ON t.subject = coalesce('batch ' || b.code, 'province ' || r.code)
                AND o.sent_at >= t.since AND o.sent_at < t.until
    WHERE (d.sent_at, d.urgent, d.institution_code, d.distributor_uscc)
          IS DISTINCT FROM (u.sent_at, u.urgent, u.institution_code, u.distributor_uscc)
) x
WHERE l.id = x.id AND l.ordered_at = x.ordered_at
"""

NOTE_MOVED = """
INSERT INTO moved_lines
SELECT l.id, l.ordered_at
FROM u_orders u JOIN d_orders d ON d.id = u.id
JOIN procurement_orderline l ON l.order_id = u.id AND l.ordered_at = u.sent_at
WHERE (d.sent_at, d.institution_code, d.distributor_uscc)
      IS DISTINCT FROM (u.sent_at, u.institution_code, u.distributor_uscc)
"""

CLIENT_NO_ONCE = Check(
    needs=("orders",),
    sql=f"""
    SELECT {at("s", "orders", "client_no")},
           '同一机构的院内单号不能重复：订单 ' || s.other || ' 已用它'
    FROM (SELECT v.line,
                 first_value(order_no) OVER same AS other,
                 row_number() OVER same AS place
          FROM v_orders v
          WHERE v.client_no IS NOT NULL AND v.institution_code IS NOT NULL
          WINDOW same AS (PARTITION BY institution_code, client_no
                          ORDER BY line NULLS FIRST)) s
    WHERE s.place > 1
    UNION ALL
    SELECT {at("s", "orders", "client_no")},
           '同一机构的院内单号不能重复：订单 ' || o.order_no || ' 已用它'
    FROM s_orders s
    JOIN organisations_organisation i ON i.code = s.institution_code
    JOIN procurement_order o ON o.institution_id = i.id AND o.client_no = s.client_no
    WHERE NOT EXISTS (SELECT FROM v_orders v WHERE v.order_no = o.order_no)
    """,
)

DISTRIBUTOR_IS_ONE = Check(
    needs=("orders", "enterprises"),
    sql=f"""
    SELECT {at("o", "orders", "distributor_uscc")},
           '企业未登记为配送企业：请核对，或把 enterprises.csv 中它的 is_distributor 改为 1'
    FROM s_orders o JOIN v_enterprises e ON e.uscc = o.distributor_uscc
    WHERE NOT e.is_distributor
    """,
)

DISTRIBUTOR_STAYS_ONE = Check(
    needs=("orders", "enterprises"),
    sql=f"""
    SELECT {at("s", "enterprises", "is_distributor")}, '已有订单由它配送，不能改为 0'
    FROM s_enterprises s JOIN d_enterprises d ON d.uscc = s.uscc
    WHERE d.is_distributor AND NOT s.is_distributor
      AND EXISTS (SELECT FROM procurement_order o
                  WHERE o.distributor_id = d.id
                    AND NOT EXISTS (SELECT FROM s_orders n WHERE n.order_no = o.order_no))
    """,
)

ORDERS = DatasetFile(
    name="orders",
    label="订单",
    columns=(
        text("order_no", 60, key=True),
        text("institution_code"),
        text("distributor_uscc"),
        instant("sent_at"),
        flag("urgent"),
        text("client_no", 100, optional=True),
        text("receiving_place", 200, optional=True),
    ),
    references=(
        refers("institution_code", "institutions", "code", "医疗机构"),
        refers("distributor_uscc", "enterprises", "uscc", "企业"),
    ),
    checks=(CLIENT_NO_ONCE, DISTRIBUTOR_IS_ONE, DISTRIBUTOR_STAYS_ONE),
    select=SELECT,
    narrow=NARROW,
    inserts=(INSERT,),
    updates=(FREE_CLIENT_NO, RESTAMP, UPDATE),
    after=(MOVE_LINES, NOTE_MOVED),
)
