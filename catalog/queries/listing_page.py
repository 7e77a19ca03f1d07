"""The list of listings and one listing's page: what it is, who closed it, what its price is held against."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from catalog.models import Listing, ListingStep, PriceCalculation, Product
from catalog.queries.price_checks import MISMATCHED, OVER_MAXIMUM, with_price_checks
from catalog.queries.search import named
from catalog.queries.visible import visible_products
from catalog.states.listing import LEVELS, LISTING_MACHINE
from organisations.queries.scope import Scope
from organisations.queries.visibility import for_business

CHECKS = (
    ("over_maximum", "超过最高挂网价"),
    ("mismatch", "与中选价不一致"),
    ("red", "红标"),
    ("yellow", "黄标"),
    ("shortage", "短缺、易短缺"),
)
SHORTAGE_WORDS = {"shortage": "短缺", "easily_short": "易短缺"}
STEP_LABELS = {"list": "挂网", "way": "变更挂网方式"} | {
    t.verb: t.label for t in LISTING_MACHINE.transitions
}


def visible_listing_steps(scope: Scope) -> QuerySet[ListingStep]:
    return for_business(scope, ListingStep.objects.all())


def visible_price_calculations(scope: Scope) -> QuerySet[PriceCalculation]:
    """How a price came about is as open as the price."""
    return for_business(scope, PriceCalculation.objects.all())


@dataclass(frozen=True)
class ListingRow:
    """A listed product, its state, and each thing that its price does not fit."""

    product: Product
    listing: Listing
    state: str
    level: str
    office: str
    checks: tuple[tuple[str, str], ...]

    @property
    def pk(self) -> int:
        """What a bulk act ticks."""
        return self.product.pk

    def __str__(self) -> str:
        return f"{self.listing.listing_no} {self.product}"

    @property
    def check_words(self) -> str:
        return "、".join(words for words, _ in self.checks)

    @property
    def maximum_price(self) -> Decimal | None:
        return self.product.maximum_price  # type: ignore[attr-defined, no-any-return]

    @property
    def selected_price(self) -> Decimal | None:
        return self.product.selected_price  # type: ignore[attr-defined, no-any-return]


def listed_products(scope: Scope, on: date) -> QuerySet[Product]:
    """Products that have a 挂网ID, with all that a row shows."""
    rows = visible_products(scope).filter(listing__isnull=False)
    return with_price_checks(rows.select_related("listing__closed_by", "group", "manufacturer"), on)


def listing_rows(products: Iterable[Product]) -> list[ListingRow]:
    return [_row(product) for product in products]


def _row(product: Any) -> ListingRow:
    listing: Listing = product.listing
    return ListingRow(
        product=product,
        listing=listing,
        state=str(listing.get_state_display()),
        level=LEVELS[listing.state],
        office=_office(listing),
        checks=tuple(_checks(product)),
    )


def _office(listing: Listing) -> str:
    if listing.state == Listing.State.LISTED:
        return ""
    return listing.closed_by.name if listing.closed_by else "平台规则"


def _checks(product: Any) -> Iterable[tuple[str, str]]:
    price = product.listed_price
    limit, selected = product.maximum_price, product.selected_price
    if not product.is_selected and None not in (price, limit) and price > limit:
        yield "超最高价", "red"
    if selected is not None and price != selected:
        yield "与中选价不一致", "orange"
    if product.mark_level:
        yield ("红标", "red") if product.mark_level == "red" else ("黄标", "yellow")
    elif product.listing.way == Listing.Way.FILLING:
        # A new price that was taken beside cheaper ones is shown at least as a yellow one.
        yield "递补挂网", "yellow"
    if product.shortage_kind:
        yield SHORTAGE_WORDS[product.shortage_kind], "blue"


def checked(rows: QuerySet[Product], check: str) -> QuerySet[Product]:
    """Those of one of CHECKS."""
    conditions = {
        "over_maximum": OVER_MAXIMUM,
        "mismatch": MISMATCHED,
        "red": Q(mark_level="red"),
        "yellow": Q(mark_level="yellow"),
        "shortage": Q(shortage_kind__isnull=False),
    }
    return rows.filter(conditions[check])


def listing_named(words: str) -> Q:
    """By 挂网ID, product, group or manufacturer."""
    typed = words.strip()
    return (
        Q(listing__listing_no__istartswith=typed)
        | named(typed)
        | named(typed, "group__")
        | named(typed, "manufacturer__")
    )


def listing_timeline(scope: Scope, listing: Listing) -> list[dict[str, Any]]:
    """Newest first."""
    steps = visible_listing_steps(scope).filter(listing=listing).order_by("-pk")
    return [
        {
            "at": step.at,
            "who": f"{step.organisation_name} {step.by_name}".strip(),
            "what": STEP_LABELS.get(step.verb, step.verb),
            "note": "；".join(part for part in (step.text, step.clause) if part),
        }
        for step in steps
    ]
