"""Order lines summed by party, product and month: demand, and how supply kept up. Set-based."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import connection

from catalog.models import Product
from organisations.models import Organisation
from organisations.queries.scope import Scope
from organisations.queries.visibility import party_alternatives
from procurement.queries.code_rates import month_bounds
from procurement.rules.supply_lines import EXCUSED

SUMS = (Path(__file__).parent / "supply_sums.sql").read_text(encoding="utf-8")
KEYS = {
    "product": "t.product_id",
    "distributor": "t.distributor_id",
    "institution": "t.institution_id",
    "month": "to_char(t.ordered_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM')",
}


@dataclass(frozen=True)
class SupplySum:
    """Of one group of lines: counts of lines, packs ordered. `due`: past the delivery deadline.

    on_time + late + never = due; late also when not everything came. `key` as it was asked for.
    """

    key: tuple[Any, ...]
    institutions: int
    lines: int
    packs: Decimal
    unanswered: int
    due: int
    on_time: int
    late: int
    never: int

    @property
    def rate(self) -> Decimal | None:
        return Decimal(self.on_time) / self.due if self.due else None


def supply_sums(
    scope: Scope,
    *groupings: Sequence[str],
    start: datetime,
    until: datetime,
    at: datetime,
    product: Product | None = None,
    kinds: Sequence[str] | None = None,
) -> list[list[SupplySum]]:
    """Lines sent from `start` until before `until` that the reader may see, summed by KEYS.

    One list for each grouping, all of one statement; the caller bounds the period (and names a
    product where it is long).
    """
    alternatives = party_alternatives(scope)
    if not alternatives:
        return [[] for _ in groupings]
    seen = " OR ".join(f"l.{column} = ANY (%(seen_{column})s)" for column, _ in alternatives)
    names = list(dict.fromkeys(name for by in groupings for name in by))
    sets = ", ".join("(" + ", ".join(KEYS[name] for name in by) + ")" for by in groupings)
    keys = ", ".join(KEYS[name] for name in names)
    sql = SUMS.format(seen=f"({seen})", keys=keys, sets=sets)
    given: dict[str, Any] = {
        "start": start, "until": until, "at": at, "excused": list(EXCUSED),
        "product": product.pk if product else None,
        # The manufacturer's index finds one product's lines without reading everybody's.
        "manufacturer": product.manufacturer_id if product else None,
        "kinds": list(kinds) if kinds else None,
        **{f"seen_{column}": sorted(ids) for column, ids in alternatives},
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        rows = cursor.fetchall()
    width = len(names)
    return [
        [
            SupplySum(tuple(row[names.index(name)] for name in by), *row[width + 1 :])
            for row in rows if row[width] == _left_out(names, by)
        ]
        for by in groupings
    ]  # fmt: skip


def _left_out(names: Sequence[str], by: Sequence[str]) -> int:
    """What GROUPING says of a row of `by`: a bit for each name that it does not have."""
    return sum(1 << (len(names) - 1 - place) for place, name in enumerate(names) if name not in by)


def organisations_named(ids: Sequence[int | None]) -> Mapping[int | None, Organisation]:
    """By id; of rows that the reader sees already."""
    return {
        row.pk: row
        for row in Organisation.objects.filter(pk__in={pk for pk in ids if pk}).select_related(
            "region__parent"
        )
    }


@dataclass(frozen=True)
class Coverage:
    """One product of one distributor in rural institutions, of one month."""

    product: Product
    distributor: Organisation | None
    sums: SupplySum


def rural_coverage(scope: Scope, month: date, kinds: Sequence[str], at: datetime) -> list[Coverage]:
    """Never delivered first, then the lowest on-time rate; two look-ups for all names."""
    start, until = month_bounds(month)
    (found,) = supply_sums(
        scope, ("product", "distributor"), start=start, until=until, at=at, kinds=kinds
    )
    traders = organisations_named([row.key[1] for row in found])
    products = Product.objects.in_bulk({row.key[0] for row in found})
    rows = [Coverage(products[row.key[0]], traders.get(row.key[1]), row) for row in found]
    return sorted(rows, key=_worst_first)


def _worst_first(row: Coverage) -> tuple[object, ...]:
    rate = row.sums.rate
    trader = row.distributor.code if row.distributor else ""
    return (-row.sums.never, 1 if rate is None else rate, row.product.code, trader)
