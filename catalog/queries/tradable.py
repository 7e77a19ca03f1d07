"""Why a product may not be ordered: every reason with its clause and whom to ask.

Other rooms add what they know (a registration that ran out, no delivery relation) in apps.ready():

    add_source(reasons_of_registrations)

A source takes the products' ids, the day and the ordering institution's region, and gives the
reasons by product id, in as many queries for a thousand products as for one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from catalog.models import ListedPrice, Listing, Product
from core.database.prepared import Prepared, PreparedValues
from organisations.models import Region

DEFAULT_OFFICE = "省医保局（挂网管理）"


@dataclass(frozen=True)
class NotTradable:
    """One reason: `code` for programs, `text` for people, `ask` who can change it and how."""

    code: str
    text: str
    clause: str = ""
    ask: str = ""


Reasons = Mapping[int, list[NotTradable]]
Source = Callable[[Collection[int], date, "Region | None"], Reasons]
_SOURCES: list[Source] = []


def add_source(source: Source) -> None:
    """Registered once, at start."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def why_not_tradable(product: Product, on: date, region: Region | None = None) -> list[NotTradable]:
    """All reasons why it may not be ordered on that day; empty when it may."""
    return not_tradable([product], on, region)[product.pk]


def not_tradable(
    products: Iterable[Product], on: date, region: Region | None = None
) -> dict[int, list[NotTradable]]:
    """The same for a page of products: every id has its list, empty where it may be ordered."""
    ids = [product.pk for product in products]
    found: dict[int, list[NotTradable]] = {pk: [] for pk in ids}
    for source in _SOURCES:
        for pk, reasons in source(ids, on, region).items():
            found[pk].extend(reasons)
    return found


def _listings(products: list[int]) -> QuerySet[Listing]:
    return Listing.objects.filter(product__among=products).select_related("closed_by")


_LISTINGS = Prepared(_listings, [-1])


def reasons_of_listings(
    ids: Collection[int], on: date, region: Region | None
) -> dict[int, list[NotTradable]]:
    """Not listed, suspended or withdrawn: by whom, why, and how it is restored."""
    found: dict[int, list[NotTradable]] = defaultdict(list)
    listings = {row.product_id: row for row in _LISTINGS.rows(list(ids))}
    for pk in ids:
        listing = listings.get(pk)
        if listing is None or listing.listed_on > on:
            found[pk].append(_not_listed(listing))
        elif listing.state != Listing.State.LISTED and listing.since <= on:
            found[pk].append(_closed(listing))
    return found


def listed_prices(products: Collection[int], on: date) -> dict[int, Decimal]:
    """Yuan per pack by product id, of those that have a listed price on the day; one query."""
    return dict(_PRICES.rows(list(products), on))


def _prices(products: list[int], on: date) -> QuerySet[ListedPrice, tuple[int, Decimal]]:
    return ListedPrice.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=on), product__among=products, valid_from__lte=on
    ).values_list("product_id", "price")


_PRICES = PreparedValues(_prices, [-1], date.min)


def reasons_of_prices(
    ids: Collection[int], on: date, region: Region | None
) -> dict[int, list[NotTradable]]:
    """Listed, but without a price on that day."""
    priced = listed_prices(ids, on)
    reason = NotTradable("no_price", "当日没有挂网价", "S2-10.1", f"生产企业或{DEFAULT_OFFICE}")
    return {pk: [reason] for pk in ids if pk not in priced}


def _not_listed(listing: Listing | None) -> NotTradable:
    ask = f"请生产企业提交挂网申请，或咨询{DEFAULT_OFFICE}"
    if listing is None:
        return NotTradable("not_listed", "未挂网，没有挂网ID", "S2-10.1", ask)
    text = f"自 {listing.listed_on:%Y-%m-%d} 起挂网"
    return NotTradable("not_yet_listed", text, "S2-10.1", f"届时即可采购；咨询{DEFAULT_OFFICE}")


def _closed(listing: Listing) -> NotTradable:
    office = listing.closed_by.name if listing.closed_by else "平台规则"
    text = (
        f"{listing.get_state_display()}（{listing.since:%Y-%m-%d} 起，{office}）："
        f"{listing.get_reason_code_display()}，{listing.reason}"
    )
    whom = listing.closed_by.name if listing.closed_by else DEFAULT_OFFICE
    return NotTradable(listing.state, text, listing.clause, f"{listing.how_to_restore}；联系{whom}")


add_source(reasons_of_listings)
add_source(reasons_of_prices)
