"""What institutions took of groups in a span of days: orders of the platform and history before it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOVEMENTS = """
SELECT r.institution_id, p.group_id, p.id AS product_id, 'receipt' AS source, r.received_at AS at,
       r.accepted_packs AS packs, r.accepted_packs * p.base_units_per_pack AS quantity, r.line_id
FROM procurement_receipt r JOIN catalog_product p ON p.id = r.product_id
WHERE r.institution_id = ANY(%(institutions)s) AND p.group_id = ANY(%(groups)s)
  AND r.received_at >= %(since)s AND r.received_at < %(until)s
UNION ALL
SELECT t.institution_id, p.group_id, p.id, 'return', t.returned_at,
       -t.packs, -t.packs * p.base_units_per_pack, t.line_id
FROM procurement_return t JOIN catalog_product p ON p.id = t.product_id
WHERE t.institution_id = ANY(%(institutions)s) AND p.group_id = ANY(%(groups)s)
  AND t.returned_at >= %(since)s AND t.returned_at < %(until)s
UNION ALL
SELECT h.institution_id, p.group_id, p.id, 'history',
       (h.month::timestamp AT TIME ZONE 'Asia/Shanghai'),
       h.packs, h.packs * p.base_units_per_pack, NULL
FROM procurement_purchasehistory h JOIN catalog_product p ON p.id = h.product_id
WHERE h.institution_id = ANY(%(institutions)s) AND p.group_id = ANY(%(groups)s)
  AND h.month BETWEEN %(from)s AND %(to)s
"""


@dataclass(frozen=True)
class Purchase:
    """One receipt, return (negative) or month of history; quantity in base units of the group."""

    institution_id: int
    group_id: int
    product_id: int
    source: str
    at: datetime
    packs: Decimal
    quantity: Decimal
    line_id: int | None


def accepted_by_group(
    institutions: Collection[int], groups: Collection[int], *, since: date, to: date
) -> dict[tuple[int, int], Decimal]:
    """(institution, group) → accepted less returned, in base units; both days count.

    All products of the group count, selected or not (赣2024 十二 compares the group's use), each by
    its own pack. A month of history counts by its first day. One query.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT institution_id, group_id, sum(quantity) FROM ({MOVEMENTS}) m GROUP BY 1, 2",
            _terms(institutions, groups, since, to),
        )
        return {(row[0], row[1]): max(row[2], Decimal(0)) for row in cursor.fetchall()}


def purchases_of_group(
    institutions: Collection[int], group: int, *, since: date, to: date, most: int
) -> list[Purchase]:
    """The lines that the sum of one group is made of, the newest first, at most `most`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT institution_id, group_id, product_id, source, at, packs, quantity, line_id "
            f"FROM ({MOVEMENTS}) m ORDER BY at DESC, line_id DESC NULLS LAST LIMIT %(most)s",
            _terms(institutions, [group], since, to) | {"most": most},
        )
        return [Purchase(*row) for row in cursor.fetchall()]


def _terms(
    institutions: Collection[int], groups: Collection[int], since: date, to: date
) -> dict[str, Any]:
    return {
        "institutions": list(institutions), "groups": list(groups), "from": since, "to": to,
        "since": datetime.combine(since, time.min, tzinfo=SHANGHAI),
        "until": datetime.combine(to + timedelta(days=1), time.min, tzinfo=SHANGHAI),
    }  # fmt: skip
