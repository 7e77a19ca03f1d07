"""Why an institution may not order a product, or not as a selected one; what search and ordering ask.

Beside what closes a product for everybody (catalog.queries.tradable) it says what concerns this
institution: the supply region, and what rooms above the catalogue know (agreements, relations):

    add_provider(agreement_obstacles)      # in apps.ready() of the app that knows it

A provider takes the institution, the products' ids and the day, and gives obstacles by product id
in as many queries for a thousand products as for one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from catalog.models import Product, ResultChange, Selection
from catalog.queries.cancelled_results import cancelled_results, cancelled_words
from catalog.queries.in_force import holds_on
from catalog.queries.tradable import not_tradable
from core.database.prepared import PreparedValues
from organisations.models import Organisation, Region

SUPPLY_CLAUSE = "赣2024 一"
CANCELLED = "selection_cancelled"


@dataclass(frozen=True)
class Obstacle:
    """One reason. `blocks` False: it may be ordered, but not as one would think; `ask` says whom."""

    code: str
    text: str
    clause: str = ""
    ask: str = ""
    blocks: bool = True


Obstacles = Mapping[int, list[Obstacle]]
Provider = Callable[[Organisation, Collection[int], date], Obstacles]
_PROVIDERS: list[Provider] = []


def add_provider(provider: Provider) -> None:
    """Registered once, at start."""
    if provider not in _PROVIDERS:
        _PROVIDERS.append(provider)


def why_not_orderable(institution: Organisation, product: Product, on: date) -> list[Obstacle]:
    """Every reason on that day, blocking ones first; empty where nothing stands in the way."""
    return obstacles([product], on, institution)[product.pk]


def obstacles(
    products: Iterable[Product], on: date, institution: Organisation | None = None
) -> dict[int, list[Obstacle]]:
    """The same for a page of products. Without an institution only what holds for everybody."""
    listed = list(products)
    region = institution.region if institution else None
    found: dict[int, list[Obstacle]] = {
        pk: [Obstacle(r.code, r.text, r.clause, r.ask) for r in reasons]
        for pk, reasons in not_tradable(listed, on, region).items()
    }
    if institution is not None:
        ids = [product.pk for product in listed]
        for provider in (_elsewhere, *_PROVIDERS):
            for pk, more in provider(institution, ids, on).items():
                found[pk].extend(more)
        if not institution.is_active:
            closed = Obstacle(
                "institution_closed", f"{institution.name}已停用，不能采购", "", "主管医保局"
            )
            found = {pk: [closed, *reasons] for pk, reasons in found.items()}
    return {pk: sorted(reasons, key=lambda each: not each.blocks) for pk, reasons in found.items()}


def supply_regions(institution: Organisation) -> frozenset[int]:
    """Ids of the regions whose selections supply the institution: its city's and its province's."""
    found, region = set(), institution.region
    while region is not None:
        if region.level != Region.Level.COUNTY:
            found.add(region.pk)
        region = region.parent
    return frozenset(found)


def _elsewhere(
    institution: Organisation, ids: Collection[int], on: date
) -> dict[int, list[Obstacle]]:
    """Selected, but for other supply regions only; or no longer, since the selection was cancelled."""
    here = supply_regions(institution)
    places: dict[int, dict[int, str]] = defaultdict(dict)
    for product, region, name in _PLACES.rows(list(ids), on):
        places[product][region] = name
    lacking = [product for product in ids if here.isdisjoint(places.get(product, {}))]
    gone = cancelled_results(lacking, here, on)
    return {
        product: [_cancelled(gone[product])]
        if product in gone
        else [_other_region(list(places[product].values()))]
        for product in lacking
        if product in gone or product in places
    }


def _selected_in(products: list[int], on: date) -> QuerySet[Selection, tuple[int, int, str]]:
    rows = Selection.objects.filter(holds_on(on), product__among=products)
    return rows.order_by("region__code").values_list("product_id", "region_id", "region__name")


_PLACES = PreparedValues(_selected_in, [-1], date.min)


def _cancelled(change: ResultChange) -> Obstacle:
    return Obstacle(
        code=CANCELLED,
        text=f"{cancelled_words(change)}。在本地只能按非中选产品采购，不占约定量",
        clause=change.clause,
        ask="本地区的中选产品见同品种列表；结果变更由省医保局公布",
        blocks=False,
    )


def _other_region(names: list[str]) -> Obstacle:
    shown = "、".join(names[:3]) + (f"等 {len(names)} 个地区" if len(names) > 3 else "")
    return Obstacle(
        code="other_region",
        text=f"中选供应地区是{shown}，不含本地区：在本地只能按非中选产品采购，不占约定量",
        clause=SUPPLY_CLAUSE,
        ask="本地区的中选产品见同品种列表；供应地区调整由省医保局公布",
        blocks=False,
    )
