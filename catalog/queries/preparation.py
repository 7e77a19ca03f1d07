"""How far each product of a batch is with 落地准备, in as many queries for a thousand as for one.

Apps above add what they know of an item at start: `answer_item("agreements", source)`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from catalog.models import Batch, ListedPrice, Listing, Product, Selection
from catalog.queries.registrations import state_of, with_registration
from catalog.queries.visible import visible_products
from catalog.rules.preparation import (
    DONE,
    ITEMS,
    MANUFACTURERS,
    MISSING,
    NOT_RECORDED,
    UNKNOWN,
    Item,
    Readiness,
)
from catalog.rules.registration import IN_FORCE
from catalog.rules.registration import NOT_RECORDED as NO_PAPER
from core.workdays.models import CalendarDay
from organisations.queries.scope import Scope
from policy.queries.words import plain

Source = Callable[[Scope, Batch, Collection[int]], Mapping[int, Readiness]]
_SOURCES: dict[str, Source] = {}


def answer_item(code: str, source: Source) -> None:
    """Register who knows of an item, as far as the reader sees it; a product left out is not recorded."""
    _SOURCES[code] = source


def products_of(scope: Scope, batch: Batch) -> QuerySet[Product]:
    """The selected and standby products of a batch; a manufacturer of it finds its own too."""
    used = Selection.objects.filter(batch=batch).values("product")
    return visible_products(scope).filter(pk__in=used).select_related("group", "manufacturer")


@dataclass(frozen=True)
class PreparationRow:
    """One product with the readiness of each item, in the order of ITEMS."""

    product: Product
    items: dict[str, Readiness]

    @property
    def pk(self) -> int:
        return self.product.pk

    @property
    def missing(self) -> int:
        return sum(each.state == MISSING for each in self.items.values())

    def __str__(self) -> str:
        return str(self.product)


def preparation_rows(
    scope: Scope, batch: Batch, products: Iterable[Product]
) -> list[PreparationRow]:
    listed = list(products)
    found = readiness(batch, [product.pk for product in listed], scope)
    return [
        PreparationRow(product, {code: rows[product.pk] for code, rows in found.items()})
        for product in listed
    ]


def readiness(
    batch: Batch, ids: Collection[int], scope: Scope | None = None
) -> dict[str, dict[int, Readiness]]:
    """By item, then product: what the platform knows; every item has an answer for every product.

    Without a scope only what is open to all is looked at, as the daily reminder does.
    """
    own = {"listed": _listed, "price": _priced, "registration": _registered}
    answers: dict[str, dict[int, Readiness]] = {}
    for item in ITEMS:
        known: Mapping[int, Readiness] = {}
        if item.code in own:
            known = own[item.code](batch, ids)
        elif item.code in _SOURCES and scope is not None:
            known = _SOURCES[item.code](scope, batch, ids)
        answers[item.code] = {pk: known.get(pk, NOT_RECORDED) for pk in ids}
    return answers


def missing_products(scope: Scope, batch: Batch, code: str) -> set[int]:
    """The products for which that item is missing, or ("any") any of them."""
    ids = list(products_of(scope, batch).values_list("pk", flat=True))
    found = readiness(batch, ids, scope)
    kinds = found.values() if code == "any" else [found.get(code, {})]
    return {pk for rows in kinds for pk, each in rows.items() if each.state == MISSING}


def unready_by_manufacturer(batch: Batch) -> dict[int, int]:
    """How many of its own items each manufacturer of the batch still has to do."""
    makers = dict(
        Product.objects.filter(pk__in=batch.selections.values("product")).values_list(
            "pk", "manufacturer_id"
        )
    )
    counts = dict.fromkeys(makers.values(), 0)
    for code, rows in readiness(batch, list(makers)).items():
        if code in MANUFACTURERS:
            for pk, each in rows.items():
                counts[makers[pk]] += each.state == MISSING
    return counts


def _listed(batch: Batch, ids: Collection[int]) -> dict[int, Readiness]:
    rows = {row.product_id: row for row in Listing.objects.filter(product__in=ids)}
    answers = {}
    for pk in ids:
        row = rows.get(pk)
        if row is None:
            answers[pk] = Readiness(MISSING, "未挂网")
        elif row.state == Listing.State.LISTED and row.listed_on <= batch.effective_on:
            answers[pk] = Readiness(DONE, row.listing_no)
        elif row.state == Listing.State.LISTED:
            answers[pk] = Readiness(MISSING, f"{row.listed_on:%Y-%m-%d} 才挂网")
        else:
            answers[pk] = Readiness(MISSING, row.get_state_display())
    return answers


def _priced(batch: Batch, ids: Collection[int]) -> dict[int, Readiness]:
    """The listed price of the batch's first day against the selection's on that day."""
    day = batch.effective_on
    won: dict[int, set[object]] = {}
    for pk, price in Selection.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=day), batch=batch, product__in=ids
    ).values_list("product_id", "price"):
        won.setdefault(pk, set()).add(price)
    prices = dict(
        ListedPrice.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=day), product__in=ids, valid_from__lte=day
        ).values_list("product_id", "price")
    )
    answers = {}
    for pk in ids:
        if pk in prices and prices[pk] in won.get(pk, set()):
            answers[pk] = Readiness(DONE, f"{plain(prices[pk])} 元")
        elif pk in prices:
            answers[pk] = Readiness(MISSING, f"仍为 {plain(prices[pk])} 元")
        else:
            answers[pk] = Readiness(MISSING, "没有挂网价")
    return answers


def _registered(batch: Batch, ids: Collection[int]) -> dict[int, Readiness]:
    """In force on the batch's first day; without a recorded paper nothing is claimed."""
    answers = {}
    rows = with_registration(Product.objects.filter(pk__in=ids), batch.effective_on)
    for product in rows:
        state = state_of(product)
        if state.status == IN_FORCE:
            answers[product.pk] = Readiness(DONE, f"至 {state.expires_on:%Y-%m-%d}")
        elif state.status == NO_PAPER:
            answers[product.pk] = Readiness(UNKNOWN, "注册证未登记")
        else:
            answers[product.pk] = Readiness(MISSING, f"执行日已{state.words.removeprefix('已')}")
    return answers


@dataclass(frozen=True)
class DueItem:
    """An item with its last day; None where the calendar of that year is not published."""

    item: Item
    due_on: date | None


def due_items(batch: Batch) -> list[DueItem]:
    """Working days are counted back from the batch's first day; one query."""
    start = CalendarDay.objects.filter(date=batch.effective_on).first()
    numbers = {item.workdays for item in ITEMS if item.workdays}
    days: dict[int, date] = {}
    if start is not None:
        wanted = {start.workday_no - number: number for number in numbers}
        rows = CalendarDay.objects.filter(is_workday=True, workday_no__in=wanted)
        days = {wanted[row.workday_no]: row.date for row in rows}
    return [
        DueItem(item, days.get(item.workdays) if item.workdays else batch.effective_on)
        for item in ITEMS
    ]
