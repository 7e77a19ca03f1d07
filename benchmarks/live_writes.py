"""Writes of a working day into the drawn province: new lines, and receipts of earlier ones."""

from __future__ import annotations

from datetime import datetime

from django.db import connections, transaction

NEW_LINES = """
WITH picked AS MATERIALIZED (
    SELECT * FROM procurement_orderline
    WHERE ordered_at >= %(from)s AND ordered_at < %(at)s ORDER BY random() LIMIT %(lines)s
), numbered AS (
    SELECT p.*, (row_number() OVER () - 1) / 10 AS order_number,
           1 + (row_number() OVER () - 1) %% 10 AS number FROM picked p
), heads AS (
    INSERT INTO procurement_order
        (order_no, sent_at, urgent, receiving_place, distributor_id, institution_id,
         county_id, city_id, province_id, pool_id)
    SELECT %(prefix)s || order_number, %(sent)s, FALSE, '', distributor_id, institution_id,
           county_id, city_id, province_id, pool_id
    FROM numbered WHERE number = 1
    RETURNING id, order_no
)
INSERT INTO procurement_orderline
    (order_id, line_no, ordered_at, product_id, group_id, batch_id, packs, unit_price, response,
     reject_reason, response_due_at, delivery_due_at, manufacturer_id, distributor_id,
     institution_id, county_id, city_id, province_id, pool_id)
SELECT h.id, n.number, %(sent)s, n.product_id, n.group_id, n.batch_id, n.packs, n.unit_price, '',
       '', %(sent)s + INTERVAL '48 hours', %(sent)s + INTERVAL '72 hours', n.manufacturer_id,
       n.distributor_id, n.institution_id, n.county_id, n.city_id, n.province_id, n.pool_id
FROM numbered n JOIN heads h ON h.order_no = %(prefix)s || n.order_number
"""
RECEIPTS = """
INSERT INTO procurement_receipt
    (line_id, ordered_at, delivery_id, receipt_no, accepted_packs, refused_packs, received_at,
     product_id, group_id, batch_id, unit_price, manufacturer_id, distributor_id,
     institution_id, county_id, city_id, province_id, pool_id)
SELECT d.line_id, d.ordered_at, d.id, %(number)s, d.packs, 0, %(sent)s, d.product_id, d.group_id,
       d.batch_id, d.unit_price, d.manufacturer_id, d.distributor_id, d.institution_id,
       d.county_id, d.city_id, d.province_id, d.pool_id
FROM procurement_delivery d
WHERE d.recorded_at >= %(from)s AND d.recorded_at < %(at)s ORDER BY random() LIMIT %(lines)s
"""


def write(lines: int, since: datetime, at: datetime, number: int) -> None:
    """Add `lines` lines sent just before `at`, and as many receipts of deliveries since `since`."""
    values = {
        "lines": lines, "from": since, "at": at, "sent": at, "prefix": f"L{number}-",
        "number": 100 + number,
    }  # fmt: skip
    with transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute(NEW_LINES, values)
        cursor.execute(RECEIPTS, values)
