"""挂网方式: 直通 for a small rise, 递补 beside others of the same use, 附条件 on a written promise."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from catalog.models import Listing, ListingStep, Product
from catalog.operations.listing_way import set_listing_way
from catalog.operations.listings import withdraw_listing
from catalog.operations.officer_prices import price_by_officer
from catalog.queries.dated import year_before
from catalog.queries.listing_page import listed_products, listing_rows
from catalog.rules.listing_way import way_fits
from core.audit.models import AuditEvent
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from inbox.models import Notice
from tests.catalog.test_listings import AT, RULE, TODAY, officer
from tests.factories import catalog as make
from tests.factories import listings as made

pytestmark = pytest.mark.django_db
BOUNDARIES = [
    # way, on a list, rise, others of the same use, may it
    ("through", True, "1.4999", 0, True),
    ("through", True, "1.5", 3, False),
    ("through", False, "9", 0, True),
    ("through", True, None, 0, True),
    ("filling", True, "9", 1, True),
    ("filling", True, "1.1", 0, False),
    ("conditional", True, "9", 0, True),
    ("direct", True, "9", 0, True),
]


@pytest.mark.parametrize(("way", "short", "rise", "others", "ok"), BOUNDARIES)
def test_which_way_fits(way: str, short: bool, rise: str | None, others: int, ok: bool) -> None:
    fits = way_fits(
        way, is_short=short, is_selected=False, multiple=Decimal("1.5"), same_use=others,
        rise=None if rise is None else Decimal(rise),
    )  # fmt: skip
    assert bool(fits) is ok
    assert ok or ("挂网" in fits.reason and fits.clause == "S0-二(六)b")


def test_the_year_before() -> None:
    assert year_before(date(2024, 2, 29)) == date(2023, 2, 28)
    assert year_before(date(2026, 6, 15)) == date(2025, 6, 15)


def raised(then: str = "4", now: str = "6") -> Product:
    """A product on the shortage list whose price rose a month ago."""
    month_ago = TODAY - timedelta(days=30)
    product = make.product(listed_price=now)
    make.listing(product=product)
    make.listed_price(product=product, price=then, valid_from=date(2024, 1, 1), valid_to=month_ago)
    make.listed_price(product=product, price=now, valid_from=month_ago)
    made.shortage_entry(group=product.group)
    return product


def test_a_raised_price_is_filled_in_or_listed_on_a_condition() -> None:
    who, scope = officer()
    product = raised()
    listing = product.listing
    change = {"listing": listing, "reason": "原料涨价", "by": who, "scope": scope, "at": AT}
    with pytest.raises(MissingInput, match="1.50 倍.*不能按直通") as wrong:
        set_listing_way(way="through", **change)
    assert wrong.value.field == "way"
    with pytest.raises(MissingInput, match="没有其他同用途"):
        set_listing_way(way="filling", **change)
    with pytest.raises(MissingInput, match="书面承诺"):
        set_listing_way(way="conditional", commitment=" ", **change)
    with pytest.raises(MissingInput, match="理由"):
        set_listing_way(way="direct", **change | {"reason": " "})
    with pytest.raises(NotYours):
        set_listing_way(way="direct", **change | {"scope": officer(level="city")[1]})
    assert not ListingStep.objects.filter(listing=listing, verb="way").exists()

    held = set_listing_way(
        way="conditional", commitment="每月不少于一万盒", seen_version=1, **change
    )
    assert (held.way, held.commitment, held.row_version) == ("conditional", "每月不少于一万盒", 2)
    with pytest.raises(StaleVersion):
        set_listing_way(way="direct", seen_version=1, **change)
    with pytest.raises(TransitionRefused, match="没有变化"):
        set_listing_way(way="conditional", commitment="每月不少于一万盒", **change)

    # Another of the group is listed: now it fills in, without a promise, and shows yellow.
    other = make.product(group=product.group, listed_price=3)
    make.listing(product=other)
    filled = set_listing_way(way="filling", **change)
    assert (filled.way, filled.commitment, filled.state) == ("filling", "", "listed")
    row = listing_rows(listed_products(scope, TODAY).filter(pk=product.pk))[0]
    assert ("递补挂网", "yellow") in row.checks
    steps = ListingStep.objects.filter(listing=listing, verb="way").order_by("pk")
    assert [("企业承诺" in step.text, step.clause) for step in steps] == [
        (True, "S0-二(六)b"), (False, "S0-二(六)b"),
    ]  # fmt: skip
    event = AuditEvent.objects.filter(action="listing.way").latest("pk")
    assert (event.detail["before"], event.detail["after"]) == ("conditional", "filling")
    told = Notice.objects.filter(organisation=product.manufacturer, title__startswith="挂网方式")
    assert told.count() == 2

    withdraw_listing(listing=filled, reason_code="supply", reason="停产", by=RULE, at=AT)
    with pytest.raises(TransitionRefused, match="已撤网"):
        set_listing_way(way="direct", **change)
    assert Listing.objects.get(pk=listing.pk).way == "filling"


def test_what_is_listed_through_is_not_priced_beyond_a_small_rise() -> None:
    """4 yuan a year ago, 1.5 times at most: 5.99 is set, 6 is refused until another way is chosen."""
    who, scope = officer()
    product = raised(now="4.50")
    acting = {"by": who, "scope": scope, "at": AT}
    set_listing_way(listing=product.listing, way="through", reason="短缺药品", **acting)
    price = {"product": product, "valid_from": TODAY, "source": "企业申报", **acting}
    price_by_officer(price=Decimal("5.99"), **price)
    with pytest.raises(MissingInput, match="1.50 倍.*不能按直通.*请先变更挂网方式") as wrong:
        price_by_officer(price=Decimal("6"), **price)
    assert (wrong.value.field, wrong.value.clause) == ("price", "S0-二(六)b")
    set_listing_way(
        listing=product.listing, way="conditional", commitment="每月一万盒", reason="涨价", **acting
    )
    price_by_officer(price=Decimal("6"), **price)
    product.refresh_from_db()
    assert product.listed_price == Decimal("6")


@pytest.mark.parametrize("way", ["through", "filling", "conditional"])
def test_a_selected_product_is_listed_at_its_selected_price_and_by_no_other_way(way: str) -> None:
    """S2-10.1: its price follows the selection; back to 直接 it may always go."""
    who, scope = officer()
    product = raised(now="4.50")
    make.listing(product=make.product(group=product.group))
    Listing.objects.filter(product=product).update(way="conditional", commitment="每月一万盒")
    batch = make.batch(effective_on=TODAY - timedelta(days=9), ends_on=TODAY + timedelta(days=9))
    make.selection(batch=batch, product=product, price="4.50")
    change = {"listing": product.listing, "reason": "短缺药品", "by": who, "scope": scope, "at": AT}
    with pytest.raises(MissingInput, match="中选产品按中选价挂网") as wrong:
        set_listing_way(way=way, commitment="每月二万盒", **change)
    assert (wrong.value.field, wrong.value.clause) == ("way", "S2-10.1")
    assert set_listing_way(way="direct", **change).way == "direct"
