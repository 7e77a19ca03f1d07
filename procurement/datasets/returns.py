"""returns.csv: accepted packs that were sent back."""

from core.datasets import Check, DatasetFile, Reference, Sign, instant, number, refers, text, whole

SELECT = """
SELECT r.id, r.return_no, o.order_no, l.line_no, r.packs, r.returned_at, o.id AS order_id
FROM procurement_order o
JOIN procurement_orderline l ON l.order_id = o.id AND l.ordered_at = o.sent_at
JOIN procurement_return r ON r.line_id = l.id
"""

NARROW = "WHERE order_id IN (SELECT id FROM touched_orders)"

LINE = """
JOIN procurement_order o ON o.order_no = {row}.order_no
JOIN procurement_orderline l
  ON l.order_id = o.id AND l.ordered_at = o.sent_at AND l.line_no = {row}.line_no
"""

INSERT = f"""
INSERT INTO procurement_return
    (return_no, packs, returned_at,
     line_id, ordered_at, product_id, group_id, batch_id, unit_price,
     manufacturer_id, distributor_id, institution_id, county_id, city_id, province_id, pool_id)
SELECT n.return_no, n.packs, n.returned_at,
       l.id, l.ordered_at, l.product_id, l.group_id, l.batch_id, l.unit_price,
       l.manufacturer_id, l.distributor_id, l.institution_id, l.county_id, l.city_id,
       l.province_id, l.pool_id
FROM n_returns n {LINE.format(row="n")}
"""

# A return may be corrected to another line, whose facts it then copies.
UPDATE = f"""
UPDATE procurement_return r
SET packs = u.packs, returned_at = u.returned_at,
    line_id = l.id, ordered_at = l.ordered_at, product_id = l.product_id, group_id = l.group_id,
    batch_id = l.batch_id, unit_price = l.unit_price, manufacturer_id = l.manufacturer_id,
    distributor_id = l.distributor_id, institution_id = l.institution_id,
    county_id = l.county_id, city_id = l.city_id, province_id = l.province_id,
    pool_id = l.pool_id
FROM u_returns u {LINE.format(row="u")}
WHERE r.id = u.id
"""

# Reported at the return that passes the limit, in the order of the file; where returns of the
# database alone pass it, at the line's last receipt, which lowered the sum.
NOT_OVER_ACCEPTED = Check(
    needs=("returns", "receipts", "order_lines"),
    sql="""
    WITH total AS (
        SELECT order_no, line_no, sum(packs) AS packs
        FROM v_returns
        WHERE order_no IS NOT NULL AND line_no IS NOT NULL
        GROUP BY order_no, line_no HAVING count(packs) = count(*)
    ), accepted AS (
        SELECT r.order_no, r.line_no, max(r.line) AS line, sum(r.accepted_packs) AS packs,
               count(*) > count(r.accepted_packs) AS unclear
        FROM v_receipts r
        WHERE (r.order_no, r.line_no) IN (SELECT order_no, line_no FROM total)
        GROUP BY r.order_no, r.line_no
    ), over AS MATERIALIZED (
        SELECT t.order_no, t.line_no, coalesce(a.packs, 0) AS most, a.line
        FROM total t
        JOIN v_order_lines l ON l.order_no = t.order_no AND l.line_no = t.line_no
        LEFT JOIN accepted a ON a.order_no = t.order_no AND a.line_no = t.line_no
        WHERE t.packs > coalesce(a.packs, 0) AND NOT coalesce(a.unclear, false)
    )
    SELECT CASE WHEN x.line IS NULL AND x.receipt_line IS NOT NULL THEN 'receipts'
                ELSE 'returns' END,
           coalesce(x.line, x.receipt_line, x.any_line),
           CASE WHEN x.line IS NULL AND x.receipt_line IS NOT NULL THEN 'accepted_packs'
                ELSE 'packs' END,
           '累计退货 ' || trim_scale(x.running) || ' 包装，超过订单 ' || x.order_no || ' 第 '
           || x.line_no || ' 行验收的 ' || trim_scale(x.most) || '，请核对包装数'
    FROM (SELECT r.line, r.order_no, r.line_no, r.packs, o.line AS receipt_line, o.most,
                 min(r.line) OVER (PARTITION BY r.order_no, r.line_no) AS any_line,
                 sum(r.packs) OVER (PARTITION BY r.order_no, r.line_no
                                    ORDER BY r.line NULLS FIRST, r.return_no) AS running
          FROM v_returns r
          JOIN over o ON o.order_no = r.order_no AND o.line_no = r.line_no) x
    WHERE x.running > x.most AND x.running - x.packs <= x.most
    """,
)

RETURNS = DatasetFile(
    name="returns",
    label="退货",
    columns=(
        text("return_no", 60, key=True),
        text("order_no"),
        whole("line_no"),
        number("packs", Sign.POSITIVE),
        instant("returned_at"),
    ),
    references=(
        Reference(
            ("order_no", "line_no"), "order_lines", ("order_no", "line_no"), "订单行",
            path=(refers("order_no", "orders", "order_no", "订单"),),
        ),
    ),
    checks=(NOT_OVER_ACCEPTED,),
    select=SELECT,
    narrow=NARROW,
    inserts=(INSERT,),
    updates=(UPDATE,),
)  # fmt: skip
