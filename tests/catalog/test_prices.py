"""A product has one listed price a day, of which none that passed is ever another."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from catalog.models import ListedPrice, Product
from catalog.operations.prices import bring_prices, set_listed_price
from core.audit.models import AuditEvent
from core.audit.record import SystemActor
from core.transitions import MissingInput
from tests.factories import catalog as make

pytestmark = pytest.mark.django_db

AT = datetime(2026, 6, 15, 2, tzinfo=UTC)
TODAY = date(2026, 6, 15)
JOB = SystemActor("测试")


def product(price: str = "5") -> Product:
    made = make.product(listed_price=price)
    make.listed_price(product=made, price=price, valid_from=date(2025, 1, 1))
    return made


def put(of: Product, price: str, day: date, at: datetime = AT) -> ListedPrice:
    return set_listed_price(
        product=of, price=Decimal(price), valid_from=day, source="核价〔2026〕1号", by=JOB, at=at
    )


def days(of: Product) -> list[tuple[str, str, str]]:
    """(price, from, to) of the rows that hold for at least a day."""
    rows = ListedPrice.objects.filter(product=of).order_by("valid_from", "pk")
    return [
        (f"{row.price.normalize():f}", f"{row.valid_from:%m-%d}",
         f"{row.valid_to:%m-%d}" if row.valid_to else "")
        for row in rows if row.valid_to != row.valid_from
    ]  # fmt: skip


def test_a_price_of_today_is_the_products() -> None:
    of = product()
    put(of, "4.5", TODAY)
    of.refresh_from_db()
    assert of.listed_price == Decimal("4.5")
    assert days(of) == [("5", "01-01", "06-15"), ("4.5", "06-15", "")]


def test_a_price_of_a_later_day_waits_for_it() -> None:
    of = product()
    put(of, "4.5", TODAY + timedelta(days=1))
    of.refresh_from_db()
    assert of.listed_price == 5
    assert bring_prices(by=JOB, at=AT) == 0
    # 16:00 UTC is the first minute of the next day in Shanghai.
    eve, midnight = AT.replace(hour=15, minute=59), AT.replace(hour=16)
    assert bring_prices(by=JOB, at=eve) == 0
    assert bring_prices(by=JOB, at=midnight) == 1
    of.refresh_from_db()
    assert of.listed_price == Decimal("4.5")
    assert bring_prices(by=JOB, at=midnight) == 0


def test_a_price_before_one_that_is_set_already_ends_with_it() -> None:
    of = product()
    put(of, "3", date(2026, 8, 1))
    put(of, "4", date(2026, 7, 1))
    assert days(of) == [("5", "01-01", "07-01"), ("4", "07-01", "08-01"), ("3", "08-01", "")]


def test_another_price_of_the_same_day_replaces_it_and_both_are_kept() -> None:
    of = product()
    put(of, "4", date(2026, 7, 1))
    put(of, "4.2", date(2026, 7, 1))
    put(of, "4.3", date(2026, 7, 1))
    assert days(of) == [("5", "01-01", "07-01"), ("4.3", "07-01", "")]
    assert ListedPrice.objects.filter(product=of).count() == 4


@pytest.mark.parametrize(
    ("price", "day", "field"),
    [("0", TODAY, "price"), ("-1", TODAY, "price"), ("NaN", TODAY, "price"),
     ("Infinity", TODAY, "price"), ("1.00001", TODAY, "price"),
     ("100000000000000", TODAY, "price"), ("1", date(2026, 6, 14), "valid_from")],
)  # fmt: skip
def test_what_is_not_a_price_or_lies_in_the_past_is_refused(
    price: str, day: date, field: str
) -> None:
    of = product()
    with pytest.raises(MissingInput) as refused:
        put(of, price, day)
    assert refused.value.field == field
    assert days(of) == [("5", "01-01", "")]


def test_the_trail_keeps_before_and_after() -> None:
    of = product()
    put(of, "4.5", TODAY)
    event = AuditEvent.objects.get(action="listed_price.set", object_key=of.code)
    assert event.detail == {
        "price": "4.5", "before": "5.0000", "valid_from": "2026-06-15", "source": "核价〔2026〕1号",
        "kind": "set",
    }  # fmt: skip
