"""追溯码 in the demonstration: most small drug deliveries of the city's pool, three months long."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from core.audit.record import Actor, record
from core.operations import operation
from core.workdays.deadlines import shanghai_day
from organisations.models import Pool, User
from procurement.models import ProductMark

MONTHS_DAYS = 125
MOST_PACKS = 100
"""Of a delivery: larger ones are left without codes, for the demonstration's size alone."""

MARKS = """
INSERT INTO procurement_productmark
    (kind, mark, product_id, manufacturer_id, bound_at, bound_by_name)
SELECT DISTINCT 'drug', '8' || lpad(p.id::text, 6, '0'), p.id, p.manufacturer_id,
       %(at)s::timestamptz, %(by)s
FROM coded c JOIN catalog_product p ON p.id = c.product_id
ORDER BY 3
"""
# One delivery in eight was taken in without a scan, one in eight only half of it.
CODED = """
CREATE TEMP TABLE coded ON COMMIT DROP AS
SELECT r.delivery_id, r.product_id, r.institution_id, r.manufacturer_id, r.distributor_id,
       r.county_id, r.city_id, r.province_id, r.pool_id, d.lot_no, d.expires_on, d.note_no,
       d.delivered_at, r.received_at,
       CASE r.delivery_id %% 8 WHEN 1 THEN ceil(r.accepted_packs / 2)
                               ELSE r.accepted_packs END AS packs
FROM procurement_receipt r
JOIN procurement_delivery d ON d.id = r.delivery_id
JOIN catalog_product p ON p.id = r.product_id AND p.category = 'drug'
WHERE r.pool_id = %(pool)s AND r.received_at >= %(since)s AND r.receipt_no = 1
  AND r.accepted_packs BETWEEN 1 AND %(most)s AND r.delivery_id %% 8 <> 0
  AND NOT EXISTS (SELECT FROM procurement_productmark m WHERE m.product_id = r.product_id)
"""
CODES = """
INSERT INTO procurement_tracecode
    (code, kind, product_id, lot_no, expires_on, is_case, delivery_id, state, state_at,
     institution_id, manufacturer_id, distributor_id, county_id, city_id, province_id, pool_id)
SELECT '8' || lpad(c.product_id::text, 6, '0') || lpad(c.delivery_id::text, 9, '0')
           || lpad(n::text, 4, '0'),
       'drug', c.product_id, c.lot_no, c.expires_on, false, c.delivery_id, 'received',
       c.received_at, c.institution_id, c.manufacturer_id, c.distributor_id, c.county_id,
       c.city_id, c.province_id, c.pool_id
FROM coded c CROSS JOIN LATERAL generate_series(1, c.packs::int) n
ORDER BY c.delivery_id, n
"""
EVENTS = """
INSERT INTO procurement_codeevent
    (trace_code_id, kind, at, delivery_id, note_no, by_name, institution_id, manufacturer_id,
     distributor_id, county_id, city_id, province_id, pool_id)
SELECT k.id, e.kind, e.at, c.delivery_id, c.note_no, %(by)s, c.institution_id, c.manufacturer_id,
       c.distributor_id, c.county_id, c.city_id, c.province_id, c.pool_id
FROM coded c
JOIN procurement_tracecode k ON k.delivery_id = c.delivery_id
CROSS JOIN LATERAL (VALUES ('shipped', c.delivered_at), ('received', c.received_at)) e (kind, at)
ORDER BY e.at, k.id
"""


@operation
def create_demo_codes(*, by: Actor, at: datetime) -> int:
    """Gives how many codes; 0 the second time, and where the demonstration has no city."""
    city = User.objects.filter(username="city").select_related("organisation").first()
    place = city.organisation.region_id if city and city.organisation else None
    pool = Pool.objects.filter(region=place).first() if place else None
    known = ProductMark.objects.filter(bound_by_name=by.audit_name)
    if pool is None or known.exists():
        return 0
    values: dict[str, Any] = {
        "pool": pool.pk, "since": at - timedelta(days=MONTHS_DAYS), "most": MOST_PACKS, "at": at,
        "by": by.audit_name,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(CODED, values)
        cursor.execute(MARKS, values)
        cursor.execute(CODES, values)
        made = int(cursor.rowcount)
        cursor.execute(EVENTS, values)
    record(
        by=by, at=at, action="trace_code.demo", object_type="trace_code", object_key=pool.pk,
        object_label=f"{pool.name}演示追溯码 {shanghai_day(at)}", detail={"codes": made},
    )  # fmt: skip
    return made
