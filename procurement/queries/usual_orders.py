"""What an institution's unit usually orders of a product; the same sums as abnormal_order_rate's."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from core.workdays.deadlines import shanghai_day
from organisations.models import Organisation
from organisations.queries.consortia import unit_of

SQL = """
SELECT x.product_id, sum(x.packs * p.base_units_per_pack), count(DISTINCT x.month)
FROM (
    SELECT l.product_id, l.packs,
           date_trunc('month', l.ordered_at AT TIME ZONE 'Asia/Shanghai')::date AS month
    FROM procurement_orderline l
    WHERE l.institution_id = ANY (%(unit)s) AND l.product_id = ANY (%(products)s)
      AND l.ordered_at >= (%(since)s::date::timestamp AT TIME ZONE 'Asia/Shanghai')
      AND l.ordered_at < (%(until)s::date::timestamp AT TIME ZONE 'Asia/Shanghai')
    UNION ALL
    SELECT h.product_id, h.packs, h.month
    FROM procurement_purchasehistory h
    WHERE h.institution_id = ANY (%(unit)s) AND h.product_id = ANY (%(products)s)
      AND h.month >= %(since)s AND h.month < %(until)s
) x JOIN catalog_product p ON p.id = x.product_id
GROUP BY x.product_id
"""


@dataclass(frozen=True)
class Usual:
    """Base units ordered in the 12 calendar months before this one, and in how many of them."""

    ordered: Decimal
    months: int

    @property
    def monthly(self) -> Decimal:
        return self.ordered / 12


def usual_orders(
    institution: Organisation, products: Collection[int], at: datetime
) -> dict[int, Usual]:
    """By product id, where anything was ordered. A consortium is one unit, as it is assessed."""
    day = shanghai_day(at)
    until = day.replace(day=1)
    parameters: dict[str, Any] = {
        "unit": unit_of(institution, day), "products": list(products),
        "since": until.replace(year=until.year - 1), "until": until,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(SQL, parameters)
        return {pk: Usual(ordered, months) for pk, ordered, months in cursor.fetchall()}
