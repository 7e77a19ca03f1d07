"""Cost of the consumables of services: which products, their price before the batch and now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q

from catalog.formulas.service_cost import Consumable, PricedProduct, ServiceCost, service_cost
from catalog.models import ListedPrice, Selection, ServiceConsumable
from catalog.queries.in_force import holds_on
from organisations.models import Region

ONE_DAY = timedelta(days=1)


@dataclass
class Costs:
    """Of one item: the cost of what is charged separately and of what is contained, where any
    product can be compared; and what cannot be, in words."""

    separate: ServiceCost | None = None
    included: ServiceCost | None = None
    missing: list[str] = field(default_factory=list)

    def of(self, way: str) -> ServiceCost | None:
        return self.separate if way == ServiceConsumable.Way.SEPARATE else self.included


def costs_of(rows: Iterable[ServiceConsumable], region: Region, on: date) -> dict[int, Costs]:
    """By item id, for consumables read with group and product; three queries however many.

    A product counts where it is selected on the day for the region, its province or cities, and had a
    listed price on the day before its batch began.
    """
    consumables = list(rows)
    picked = _selections(consumables, region, on)
    before = _prices_before({each for found in picked.values() for each in found})
    costs: dict[int, Costs] = defaultdict(Costs)
    parts: dict[tuple[int, str], list[Consumable]] = defaultdict(list)
    for row in consumables:
        subject = row.product or row.group
        assert subject is not None
        products = []
        for selection in picked[row.pk]:
            old = before.get(selection.pk)
            if old is None:
                costs[row.item_id].missing.append(f"{selection.product} 没有集采前一日的挂网价")
            else:
                products.append(_priced(selection, old))
        if not picked[row.pk]:
            costs[row.item_id].missing.append(f"{subject} 没有在本地区执行的中选结果")
        if products:
            parts[row.item_id, row.way].append(
                Consumable(str(subject), row.quantity, _unit(row), tuple(products))
            )
    for (item_id, way), found in parts.items():
        setattr(
            costs[item_id], "separate" if way == "separate" else "included", service_cost(found)
        )
    return dict(costs)


def _priced(selection: Selection, old: ListedPrice) -> PricedProduct:
    product = selection.product
    place = getattr(selection, "place_words", "") or selection.region.name
    return PricedProduct(
        code=product.code, name=str(product), before=old.price, now=selection.price,
        units=product.base_units_per_pack,
        before_of=f"挂网价，{old.valid_from:%Y-%m-%d} 起，{old.source}",
        now_of=f"{selection.batch.code} {place}中选价",
    )  # fmt: skip


def _unit(row: ServiceConsumable) -> str:
    group = row.group or (row.product.group if row.product else None)
    return group.base_unit if group else "计量单位"


def _selections(
    consumables: Sequence[ServiceConsumable], region: Region, on: date
) -> dict[int, list[Selection]]:
    """By consumable: its selected products' results of the newest batch, for the region itself,
    else its province, else (for a province) each price in its cities."""
    products = {row.product_id for row in consumables if row.product_id}
    groups = {row.group_id for row in consumables if row.group_id}
    near = Q(region=region.pk) | Q(region__parent=region.pk)
    if region.parent_id:
        near |= Q(region=region.parent_id)
    found = (
        Selection.objects.filter(holds_on(on), near, role=Selection.Role.SELECTED)
        .filter(Q(product__in=products) | Q(product__group__in=groups))
        .select_related("product__group", "batch", "region")
        .order_by("product__code", "region__code", "pk")
    )
    by_product: dict[int, list[Selection]] = defaultdict(list)
    for selection in found:
        by_product[selection.product_id].append(selection)
    chosen = {pk: _nearest(rows, region) for pk, rows in by_product.items()}
    return {
        row.pk: [
            selection
            for rows in chosen.values()
            for selection in rows
            if (row.product_id and selection.product_id == row.product_id)
            or (row.group_id and selection.product.group_id == row.group_id)
        ]
        for row in consumables
    }


def _nearest(rows: list[Selection], region: Region) -> list[Selection]:
    newest = max((row.batch.effective_on, row.batch_id) for row in rows)
    last = [row for row in rows if (row.batch.effective_on, row.batch_id) == newest]
    for place in (region.pk, region.parent_id):
        here = [row for row in last if row.region_id == place]
        if here:
            return here
    # A province whose cities have it at one price shows that once.
    by_price: dict[Decimal, list[Selection]] = defaultdict(list)
    for row in last:
        by_price[row.price].append(row)
    for same in by_price.values():
        same[0].place_words = f"{same[0].region.name}等 {len(same)} 市" if len(same) > 1 else ""  # type: ignore[attr-defined]
    return [same[0] for same in by_price.values()]


def _prices_before(selections: Iterable[Selection]) -> dict[int, ListedPrice]:
    """By selection: the listed price of its product on the day before its batch began."""
    wanted = list(selections)
    history: dict[int, list[ListedPrice]] = defaultdict(list)
    for price in ListedPrice.objects.filter(product__in={row.product_id for row in wanted}):
        history[price.product_id].append(price)
    found = {}
    for row in wanted:
        day = row.batch.effective_on - ONE_DAY
        for price in history[row.product_id]:
            if price.valid_from <= day and (price.valid_to is None or price.valid_to > day):
                found[row.pk] = price
    return found
