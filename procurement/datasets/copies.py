"""What a load does to rows that copy from others, once all files are written."""

from procurement.queries.line_facts import first_progress, write_progress

COPIED = (
    "institution_id", "manufacturer_id", "distributor_id", "county_id", "city_id", "province_id",
    "pool_id", "product_id", "group_id", "batch_id", "unit_price", "ordered_at",
)  # fmt: skip

CHANGED_PRODUCTS = """
CREATE TEMP TABLE changed_products ON COMMIT DROP AS
SELECT p.id, p.group_id, p.manufacturer_id
FROM u_products u JOIN d_products d ON d.id = u.id JOIN catalog_product p ON p.id = u.id
WHERE (u.group_code, u.manufacturer_uscc) IS DISTINCT FROM (d.group_code, d.manufacturer_uscc)
"""

LINES_OF_PRODUCTS = """
WITH changed AS (
    UPDATE procurement_orderline l
    SET group_id = p.group_id, manufacturer_id = p.manufacturer_id
    FROM changed_products p
    WHERE l.product_id = p.id
      AND (l.group_id, l.manufacturer_id) IS DISTINCT FROM (p.group_id, p.manufacturer_id)
    RETURNING l.id, l.ordered_at)
INSERT INTO moved_lines SELECT id, ordered_at FROM changed
"""

HISTORY_OF_PRODUCTS = """
UPDATE procurement_purchasehistory h SET manufacturer_id = p.manufacturer_id
FROM changed_products p
WHERE h.product_id = p.id AND h.manufacturer_id IS DISTINCT FROM p.manufacturer_id
"""


def refresh(table: str, extra: str = "") -> str:
    """SQL: bring the copies of the moved lines' rows in `table` up to date."""
    columns = ", ".join(f"{column} = l.{column}" for column in COPIED)
    old = ", ".join(f"c.{column}" for column in COPIED)
    new = ", ".join(f"l.{column}" for column in COPIED)
    return f"""
    UPDATE {table} c SET {columns}{extra}
    FROM (SELECT DISTINCT line_id, ordered_at FROM moved_lines) m
    JOIN procurement_orderline l ON l.id = m.line_id AND l.ordered_at = m.ordered_at
    WHERE c.line_id = l.id AND ({old}) IS DISTINCT FROM ({new})
    """


RECORDED = """,
    recorded_at = CASE WHEN c.shipped_at IS NULL AND c.delivered_at IS NULL
                       THEN l.ordered_at ELSE c.recorded_at END
"""

PAYMENTS = """
UPDATE procurement_payment c
SET ordered_at = l.ordered_at, manufacturer_id = l.manufacturer_id,
    distributor_id = l.distributor_id
FROM (SELECT DISTINCT line_id, ordered_at FROM moved_lines) m
JOIN procurement_orderline l ON l.id = m.line_id AND l.ordered_at = m.ordered_at
WHERE c.line_id = l.id
  AND (c.ordered_at, c.manufacturer_id, c.distributor_id)
      IS DISTINCT FROM (l.ordered_at, l.manufacturer_id, l.distributor_id)
"""

REFRESH_OF_PRODUCTS = (CHANGED_PRODUCTS, LINES_OF_PRODUCTS, HISTORY_OF_PRODUCTS)
"""First: what follows a product; it adds to the moved lines."""

REFRESH_OF_LINES = (
    refresh("procurement_delivery", RECORDED),
    refresh("procurement_receipt"),
    refresh("procurement_return"),
    PAYMENTS,
)
"""What follows a moved line; without any there is nothing to read the large tables for."""

NEW_PROGRESS = first_progress("new_lines", by="数据集", children=True)
NEW_BARE_PROGRESS = first_progress("new_lines", by="数据集", children=False)
CHILDREN = ("deliveries", "receipts", "returns", "payments")
"""Files whose rows belong to lines; without any of theirs new lines have none."""

PROGRESS = write_progress(
    """
    SELECT l.id AS line_id, l.ordered_at
    FROM procurement_order o
    JOIN procurement_orderline l ON l.order_id = o.id AND l.ordered_at = o.sent_at
    WHERE o.id IN (SELECT id FROM touched_orders)
    """,
    by="数据集",
    only_under_way=True,
    renew=True,
)
"""Of orders that were there: lines under way get their progress, rows there follow the files."""
