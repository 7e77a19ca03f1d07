"""payments.csv: what was paid, for a line where one is named."""

from core.datasets import (
    Check,
    DatasetFile,
    Reference,
    at,
    choice,
    day,
    known,
    number,
    refers,
    text,
    whole,
)
from procurement.models import Payment

SELECT = """
SELECT y.id, y.payment_no, i.code AS institution_code, e.code AS enterprise_uscc,
       b.code AS batch_code, o.order_no, y.line_no, y.amount, y.paid_on, y.payer
FROM procurement_payment y
JOIN organisations_organisation i ON i.id = y.institution_id
JOIN organisations_organisation e ON e.id = y.enterprise_id
LEFT JOIN catalog_batch b ON b.id = y.batch_id
LEFT JOIN procurement_order o ON o.id = y.order_id
"""

NARROW = "WHERE payment_no IN (SELECT payment_no FROM s_payments)"

# The enterprises that may see a payment: those of its line; without one, who was paid.
ROW = """
       p.payment_no, e.id AS enterprise_id, b.id AS batch_id, o.id AS order_id, p.line_no,
       l.id AS line_id, l.ordered_at, p.amount, p.paid_on, p.payer,
       coalesce(l.manufacturer_id, CASE WHEN e.is_manufacturer THEN e.id END) AS manufacturer_id,
       coalesce(l.distributor_id, o.distributor_id, CASE WHEN e.is_distributor THEN e.id END)
       AS distributor_id,
       s.institution_id, s.county_id, s.city_id, s.province_id, s.pool_id
FROM {rows} p
JOIN stamp s ON s.code = p.institution_code
JOIN organisations_organisation e ON e.code = p.enterprise_uscc
LEFT JOIN catalog_batch b ON b.code = p.batch_code
LEFT JOIN procurement_order o ON o.order_no = p.order_no
LEFT JOIN procurement_orderline l
  ON l.order_id = o.id AND l.ordered_at = o.sent_at AND l.line_no = p.line_no
"""

INSERT = f"""
INSERT INTO procurement_payment
    (payment_no, enterprise_id, batch_id, order_id, line_no, line_id, ordered_at, amount, paid_on,
     payer, manufacturer_id, distributor_id, institution_id, county_id, city_id, province_id,
     pool_id)
SELECT {ROW.format(rows="n_payments")}
"""

UPDATE = f"""
UPDATE procurement_payment y
SET enterprise_id = x.enterprise_id, batch_id = x.batch_id, order_id = x.order_id,
    line_no = x.line_no, line_id = x.line_id, ordered_at = x.ordered_at, amount = x.amount,
    paid_on = x.paid_on, payer = x.payer, manufacturer_id = x.manufacturer_id,
    distributor_id = x.distributor_id, institution_id = x.institution_id,
    county_id = CASE WHEN y.institution_id = x.institution_id THEN y.county_id
                     ELSE x.county_id END,
    city_id = CASE WHEN y.institution_id = x.institution_id THEN y.city_id ELSE x.city_id END,
    province_id = CASE WHEN y.institution_id = x.institution_id THEN y.province_id
                       ELSE x.province_id END,
    pool_id = CASE WHEN y.institution_id = x.institution_id THEN y.pool_id ELSE x.pool_id END
FROM (SELECT p.id, {ROW.format(rows="u_payments")}) x
WHERE y.id = x.id
"""

LINE_OF_AN_ORDER = Check(
    needs=("payments",),
    sql=f"""
    SELECT {at("s", "payments", "line_no")}, '填了行号就要填订单号：请补 order_no，或把行号留空'
    FROM s_payments s
    WHERE s.line_no IS NOT NULL AND s.order_no IS NULL AND {known("s", "order_no")}
    """,
)

PAYMENTS = DatasetFile(
    name="payments",
    label="支付",
    columns=(
        text("payment_no", 60, key=True),
        text("institution_code"),
        text("enterprise_uscc"),
        text("batch_code", optional=True),
        text("order_no", optional=True),
        whole("line_no", optional=True),
        number("amount"),
        day("paid_on"),
        choice("payer", Payment.Payer.values),
    ),
    references=(
        refers("institution_code", "institutions", "code", "医疗机构"),
        refers("enterprise_uscc", "enterprises", "uscc", "企业"),
        refers("batch_code", "batches", "code", "批次"),
        refers("order_no", "orders", "order_no", "订单"),
        Reference(
            ("order_no", "line_no"), "order_lines", ("order_no", "line_no"), "订单行",
            path=(refers("order_no", "orders", "order_no", "订单"),),
        ),
    ),
    checks=(LINE_OF_AN_ORDER,),
    select=SELECT,
    narrow=NARROW,
    inserts=(INSERT,),
    updates=(UPDATE,),
)  # fmt: skip
