"""Listings of the demonstration at work: limits, marks, shortage lists, closed products, questions."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import F, Max, QuerySet
from django.utils import timezone

from catalog.models import Listing, MaximumPrice, Product
from catalog.operations.inquiries import send_inquiry
from catalog.operations.listing_requests import request_restoring
from catalog.operations.listings import suspend_listing
from catalog.operations.maximum_prices import over_words, set_maximum_price
from catalog.operations.price_marks import compute_marks, set_price_multiple
from catalog.operations.selected_prices import follow_selections
from catalog.operations.shortages import enter_shortage
from catalog.queries.price_checks import OVER_MAXIMUM, with_price_checks
from core.audit.record import Actor
from core.operations import operation
from organisations.models import User
from organisations.queries.scope import Scope, scope_of

LIMIT_CLAUSE = "演示：最高挂网价规定（S2-10.3）"
MARK_CLAUSE = "演示：红黄标标准（S0-二(六)a）"


@operation
def create_demo_listings(*, by: Actor, at: datetime) -> bool:
    """By the steps that the demo people take themselves; a second start finds everything there."""
    people = {
        user.username: user
        for user in User.objects.select_related("organisation__region").filter(
            username__in=("province", "manufacturer", "hospital")
        )
    }
    officer = people.get("province")
    if officer is None or MaximumPrice.objects.exists():
        return False
    scope = scope_of(officer, timezone.localdate(at))
    follow_selections(by=by, at=at)
    _set_tables(officer, scope, at)
    compute_marks(by=by, at=at)
    _close_some(people, officer, scope, at)
    return True


def _not_selected(at: datetime) -> QuerySet[Product]:
    rows: Any = with_price_checks(
        Product.objects.filter(listing__state=Listing.State.LISTED), timezone.localdate(at)
    )
    found: QuerySet[Product] = rows.filter(is_selected=False, listed_price__gt=0).select_related(
        "listing", "group", "manufacturer"
    )
    return found


def _set_tables(officer: User, scope: Scope, at: datetime) -> None:
    """Limits a tenth below the dearest of three groups, two lines of multiples, two shortages."""
    today = timezone.localdate(at)
    dearest = (
        _not_selected(at)
        .filter(group__isnull=False)
        .order_by()
        .values("group")
        .annotate(top=Max(F("listed_price") / F("base_units_per_pack")))
        .order_by("group")[:5]
    )
    groups = {p.group_id: p.group for p in _not_selected(at).filter(
        group__in=[row["group"] for row in dearest])}  # fmt: skip
    for place, row in enumerate(dearest):
        group = groups[row["group"]]
        assert group is not None
        if place < 3:
            price = (Decimal(row["top"]) * Decimal("0.9")).quantize(
                Decimal("0.0001"), rounding=ROUND_HALF_UP
            )
            if price > 0:
                set_maximum_price(
                    group=group, price=price, valid_from=today, clause=LIMIT_CLAUSE, by=officer,
                    scope=scope, at=at,
                )  # fmt: skip
        else:
            enter_shortage(
                group=group, kind="shortage" if place == 3 else "easily_short",
                source="national" if place == 3 else "province", valid_from=today,
                clause="演示：短缺药品清单", by=officer, scope=scope, at=at,
            )  # fmt: skip
    for name, reference, yellow, red in (
        ("全部产品，最低挂网价", "lowest_listed", "1.8", "3"),
        ("未中选产品，最高中选价", "highest_selected", "2.5", "4"),
    ):
        set_price_multiple(
            name=name, reference=reference, yellow=Decimal(yellow), red=Decimal(red),
            valid_from=today, clause=MARK_CLAUSE, by=officer, scope=scope, at=at,
        )  # fmt: skip


def _close_some(people: dict[str, User], officer: User, scope: Scope, at: datetime) -> None:
    """One over its limit; two of the demo manufacturer, asked back by it and by the hospital."""
    maker, hospital = people.get("manufacturer"), people.get("hospital")
    over = _not_selected(at).filter(OVER_MAXIMUM).order_by("pk").first()
    if over is not None:
        suspend_listing(
            listing=over.listing, reason_code="over_maximum", reason=over_words(over), by=officer,
            scope=scope, at=at, clause=LIMIT_CLAUSE,
        )  # fmt: skip
    if maker is None:
        return
    own = list(_not_selected(at).filter(manufacturer=maker.organisation).order_by("pk")[:3])
    for place, product in enumerate(own[:2]):
        listing = suspend_listing(
            listing=product.listing, reason_code="supply", reason="连续两个月不能按订单供货",
            by=officer, scope=scope, at=at,
        )  # fmt: skip
        asker = maker if place == 0 else hospital
        if asker is not None:
            request_restoring(
                listing=listing,
                text="生产线已恢复，本月可正常供货。" if place == 0 else "临床仍需使用，请尽快恢复。",
                uploads=(), by=asker, scope=scope_of(asker, timezone.localdate(at)), at=at,
            )  # fmt: skip
    asked = own[-1] if own else Product.objects.filter(manufacturer=maker.organisation).first()
    if asked is not None:
        send_inquiry(
            product=asked, subject="price_rise",
            question="请说明挂网价的构成和近一年成本变化，并提供原料采购发票。", workdays=5, by=officer,
            scope=scope, at=at,
        )  # fmt: skip
