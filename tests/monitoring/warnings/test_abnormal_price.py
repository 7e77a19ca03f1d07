"""价格异常: over the maximum, or over the multiple of twelve months ago; recovers by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from catalog.models import Listing, MaximumPrice, Product
from core.audit.record import SystemActor
from monitoring.models import Warning
from monitoring.operations.raise_daily import raise_daily_warnings
from monitoring.queries.warning_rows import warning_rows
from monitoring.rules.prices import ABNORMAL_PRICE
from policy.models import Policy
from tests.factories import catalog as make
from tests.factories import listings as made
from tests.factories import organisations as people
from tests.factories import stages

pytestmark = pytest.mark.django_db
JOB = SystemActor("定时任务")
TODAY = date(2026, 6, 15)
NOW = datetime(2026, 6, 15, 2, tzinfo=UTC)


def run(on: date = TODAY) -> list[tuple[str, str, Decimal]]:
    raise_daily_warnings(ABNORMAL_PRICE, on=on, by=JOB, at=NOW)
    rows = Warning.objects.order_by("pk")
    return list(rows.values_list("product_code", "state", "measured"))


@pytest.fixture
def product() -> Product:
    """Of a maker in 江西, whose policy's shortage_price_multiple is 1.5."""
    province = people.region("360000", name="江西省")
    county = people.region(parent=people.region(parent=province))
    people.organisation("bureau", region=province)
    maker = people.organisation("enterprise", region=county)
    made_one = make.product(manufacturer=maker, listed_price=6)
    make.listing(product=made_one)
    return made_one


@pytest.mark.parametrize(("limit", "fires"), [("6", False), ("5.9999", True)])
def test_a_listed_price_over_the_maximum(product: Product, limit: str, fires: bool) -> None:
    made.maximum_price(product=product, price=limit)
    assert len(run()) == fires


def test_opened_once_and_over_when_the_price_falls(product: Product) -> None:
    made.maximum_price(product=product, price=5, clause="省局〔2026〕1号")
    assert run() == [(product.code, "open", Decimal("1.2"))]
    assert len(run(date(2026, 6, 16))) == 1
    warning = Warning.objects.get()
    assert (warning.severity, warning.threshold, warning.clause) == ("orange", 1, "省局〔2026〕1号")
    assert warning.enterprise == product.manufacturer
    assert warning_rows([warning])[0].measured == "1.2 倍"
    Product.objects.update(listed_price=5)
    assert run(date(2026, 6, 17)) == [(product.code, "recovered", Decimal("1.2"))]


@pytest.mark.parametrize("ending", ["suspended", "selected"])
def test_neither_a_suspended_nor_a_selected_product_is_over(product: Product, ending: str) -> None:
    made.maximum_price(product=product, price=5)
    if ending == "suspended":
        Listing.objects.update(state="suspended", reason_code="other", reason="x")
    else:
        batch = make.batch(policy=Policy.objects.get(code="jiangxi-2024"))
        make.selection(product=product, price=6, batch=batch)
    assert run() == []


@pytest.mark.parametrize(
    ("at", "price", "fires"),
    [(datetime(2026, 6, 14, 3, tzinfo=UTC), "5.01", True),
     (datetime(2026, 6, 14, 3, tzinfo=UTC), "5", False),
     # 30 days, this one included: from 17 May, which begins at 16:00 UTC of the 16th.
     (datetime(2026, 5, 16, 16, tzinfo=UTC), "5.01", True),
     (datetime(2026, 5, 16, 15, 59, tzinfo=UTC), "5.01", False)],
)  # fmt: skip
def test_an_ordered_price_over_the_maximum(
    product: Product, at: datetime, price: str, fires: bool
) -> None:
    Product.objects.update(listed_price=4)
    made.maximum_price(product=product, price=5)
    stages.order_line(
        product=product, manufacturer=product.manufacturer, ordered_at=at, unit_price=price,
        batch=None,
    )  # fmt: skip
    assert len(run()) == fires


def history(product: Product, *, before: str, now: str, changed_on: date) -> None:
    make.listed_price(
        product=product, price=before, valid_from=date(2020, 1, 1), valid_to=changed_on
    )
    make.listed_price(product=product, price=now, valid_from=changed_on)


@pytest.mark.parametrize(("now", "fires"), [("15", False), ("15.0001", True)])
def test_a_shortage_drug_over_the_multiple_of_a_year_ago(
    product: Product, now: str, fires: bool
) -> None:
    made.shortage_entry(group=product.group)
    history(product, before="10", now=now, changed_on=date(2026, 6, 1))
    found = run()
    assert len(found) == fires
    if fires:
        warning = Warning.objects.get()
        assert (warning.measured, warning.threshold) == (Decimal("1.50001"), Decimal("1.5"))


@pytest.mark.parametrize(
    ("changed_on", "fires"), [(date(2025, 6, 16), True), (date(2025, 6, 15), False)]
)
def test_the_price_of_a_year_ago_is_that_of_the_same_day(
    product: Product, changed_on: date, fires: bool
) -> None:
    made.shortage_entry(product=product)
    history(product, before="10", now="16", changed_on=changed_on)
    assert len(run()) == fires


def test_a_drug_on_no_list_may_rise(product: Product) -> None:
    history(product, before="10", now="99", changed_on=date(2026, 6, 1))
    assert run() == []
    Product.objects.update(tags=["shortage"])
    assert len(run()) == 1


def test_the_maximum_of_yesterday_does_not_bind(product: Product) -> None:
    made.maximum_price(product=product, price=5, valid_to=TODAY)
    assert run() == []
    assert MaximumPrice.objects.count() == 1
