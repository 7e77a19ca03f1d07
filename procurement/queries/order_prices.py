"""At which price, under which batch and from which distributor an institution orders a product."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet

from catalog.models import Batch, Product, Selection
from catalog.queries.in_force import holds_on
from catalog.queries.orderable import supply_regions
from catalog.queries.tradable import listed_prices
from contracts.queries.delivering import ByBatch, agreed_distributors, delivering
from core.database.prepared import Prepared
from core.workdays.deadlines import shanghai_day
from organisations.models import Organisation, Region
from procurement.queries.negotiations import negotiated_prices

SELECTED = Selection.Role.SELECTED


@dataclass(frozen=True)
class Supply:
    """How one product comes to one institution on a day; yuan per pack.

    `batch` None: it is neither selected nor standby here; the price is the one agreed with the
    manufacturer for the day (议价), else the listed one.
    `distributors` are ids, the agreement's first, then those of relations in force. `agreed`: an
    agreement of this product is in force.
    """

    price: Decimal | None
    batch: Batch | None
    role: str
    agreed: bool
    distributors: tuple[int, ...]

    @property
    def is_selected(self) -> bool:
        return self.role != ""


@dataclass(frozen=True)
class SelectedChoice:
    """A selected product of the same group that supplies the institution, with its price."""

    product: Product
    price: Decimal
    batch: Batch

    def as_json(self) -> dict[str, str]:
        code, name = self.product.code, str(self.product)
        return {"product": code, "name": name, "price": f"{self.price:f}"}


def supplies(
    institution: Organisation,
    products: Collection[int],
    at: datetime,
    batches: Mapping[int, int] | None = None,
) -> dict[int, Supply]:
    """By product id; at most five queries for any number. `batches` names by product id the batch wanted.

    A product selected in several batches is bought under the one with an agreement in force, else
    under the newest; a city's selection goes before its province's.
    """
    on, ids = shanghai_day(at), list(products)
    wanted = batches or {}
    agreements = agreed_distributors(institution, ids, on)
    chosen: dict[int, Selection] = {}
    for each in _SUPPLIED.rows(ids, list(supply_regions(institution)), on):
        if wanted.get(each.product_id, each.batch_id) != each.batch_id:
            continue
        best = chosen.get(each.product_id)
        if best is None or _rank(each, agreements) > _rank(best, agreements):
            chosen[each.product_id] = each
    # A selected product costs what was selected: neither of the two is asked about.
    free = [pk for pk in ids if pk not in chosen]
    listed = listed_prices(free, on) if free else {}
    for pk, agreed in (negotiated_prices(institution, free, on) if free else {}).items():
        # A listed price that fell below what was agreed since is the lower one.
        if pk in listed:
            listed[pk] = min(listed[pk], agreed)
    bought = {pk: row.batch_id for pk, row in chosen.items()}
    carriers = delivering(institution, ids, on, agreements, bought)
    under = {pk for pk, _ in agreements}
    found = {}
    for pk in ids:
        row = chosen.get(pk)
        found[pk] = Supply(
            price=row.price if row else listed.get(pk),
            batch=row.batch if row else None,
            role=row.role if row else "",
            agreed=pk in under,
            distributors=carriers[pk],
        )
    return found


def selected_choices(
    institution: Organisation, groups: Collection[int], on: date
) -> dict[int, list[SelectedChoice]]:
    """Selected products of these groups for the institution's region, cheapest first; one query."""
    found: dict[int, list[SelectedChoice]] = defaultdict(list)
    for row in _OFFERED.rows(list(groups), list(supply_regions(institution)), on):
        assert row.product.group_id is not None
        if all(each.product.pk != row.product_id for each in found[row.product.group_id]):
            found[row.product.group_id].append(SelectedChoice(row.product, row.price, row.batch))
    return found


def _offered(groups: list[int], regions: list[int], on: date) -> QuerySet[Selection]:
    rows = Selection.objects.filter(
        holds_on(on), region__among=regions, role=SELECTED, product__group__among=groups
    )
    return rows.select_related("product", "batch__policy").order_by("price", "pk")


def _supplied(products: list[int], regions: list[int], on: date) -> QuerySet[Selection]:
    rows = Selection.objects.filter(holds_on(on), product__among=products, region__among=regions)
    return rows.select_related("batch__policy", "region").order_by("pk")


_OFFERED = Prepared(_offered, [-1], [-2], date.min)
_SUPPLIED = Prepared(_supplied, [-1], [-2], date.min)


def _rank(row: Selection, agreements: ByBatch) -> tuple[object, ...]:
    return (
        row.role == SELECTED, (row.product_id, row.batch_id) in agreements,
        row.batch.effective_on, row.region.level == Region.Level.CITY, -row.pk,
    )  # fmt: skip
