"""中选产品挂网价 = 中选价 (S2-10.1): brought about on the day, set-based."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from catalog.models import Batch
from core.audit.record import Actor, record
from core.operations import operation
from inbox.operations.notices import NewNotice, notify

# A selected product's newest running batch decides; where its price differs by region no one
# listed price can equal all, and the product stays on the list of mismatches.
_FIND = """
CREATE TEMP TABLE following ON COMMIT DROP AS
SELECT p.id AS product_id, p.code, p.manufacturer_id, p.listed_price AS before,
       s.price, s.batch_code, s.batch_name
FROM (
    SELECT DISTINCT ON (s.product_id) s.product_id, min(s.price) AS price, b.code AS batch_code,
           b.name AS batch_name, min(s.price) = max(s.price) AS one
    FROM catalog_selection s JOIN catalog_batch b ON b.id = s.batch_id
    WHERE s.role = 'selected' AND s.withdrawn_at IS NULL AND b.effective_on <= %(day)s AND b.ends_on >= %(day)s
      AND (s.valid_from IS NULL OR s.valid_from <= %(day)s)
      AND (s.valid_to IS NULL OR s.valid_to >= %(day)s)
    GROUP BY s.product_id, b.id
    ORDER BY s.product_id, b.effective_on DESC, b.id DESC
) s
JOIN catalog_product p ON p.id = s.product_id
WHERE s.one AND p.listed_price IS DISTINCT FROM s.price
  AND (%(batch)s = '' OR s.batch_code = %(batch)s)
"""

_LOCK = "SELECT FROM catalog_product WHERE id IN (SELECT product_id FROM following) ORDER BY id FOR UPDATE"

_CLOSE = """
UPDATE catalog_listedprice h SET valid_to = %(day)s FROM following f
WHERE h.product_id = f.product_id AND h.valid_from <= %(day)s
  AND (h.valid_to IS NULL OR h.valid_to > %(day)s)
"""

_OPEN = """
INSERT INTO catalog_listedprice
    (product_id, price, valid_from, valid_to, source, kind, clause, set_at, set_by_name)
SELECT f.product_id, f.price, %(day)s,
       (SELECT min(h.valid_from) FROM catalog_listedprice h
        WHERE h.product_id = f.product_id AND h.valid_from > %(day)s
          AND (h.valid_to IS NULL OR h.valid_to > h.valid_from)),
       left('中选价：' || f.batch_name, 100), 'selection', 'S2-10.1', %(at)s, %(who)s
FROM following f
"""

_BRING = """
UPDATE catalog_product p SET listed_price = f.price FROM following f WHERE p.id = f.product_id
"""


@operation
def follow_selections(*, by: Actor, at: datetime, batch: Batch | None = None) -> int:
    """Every selected product of a running batch (or of this one) takes its selected price today.

    Called when a batch takes effect and every day. Each manufacturer is told once with the number
    of its products. Returns how many prices changed.
    """
    day = timezone.localdate(at)
    given: dict[str, Any] = {
        "day": day,
        "batch": batch.code if batch else "",
        "at": at,
        "who": by.audit_name,
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('catalog_follow_selections'))")
        cursor.execute("DROP TABLE IF EXISTS pg_temp.following")
        for statement in (_FIND, _LOCK, _CLOSE, _OPEN, _BRING):
            cursor.execute(statement, given)
        cursor.execute("SELECT code FROM following ORDER BY code")
        codes = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT manufacturer_id, count(*) FROM following GROUP BY 1 ORDER BY 1")
        told = cursor.fetchall()
    if not codes:
        return 0
    notify(
        notices=[
            NewNotice(
                organisation_id=maker,
                key=f"selected-price-{maker}-{at.isoformat()}",
                title=f"{count} 个中选产品的挂网价已调整为中选价",
                body="自今日起按中选价挂网（S2-10.1）。",
                url="/catalog/listings/",
            )
            for maker, count in told
        ],
        at=at,
    )
    record(
        by=by, at=at, action="listed_price.follow_selection", object_type="batch",
        object_key=given["batch"], clause="S2-10.1",
        detail={"count": len(codes), "codes": codes[:200]},
    )  # fmt: skip
    return len(codes)
