"""Time passes: at 0 days the expired 注册证 stops orders, and its renewal ends that by itself."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from catalog.models import Product
from catalog.operations.applications.due import take_due_applications
from catalog.queries.found_rows import found_rows
from core.workdays.deadlines import SHANGHAI
from organisations.models import User
from organisations.queries.scope import scope_of
from procurement.models import OrderLine
from procurement.operations.order_checks import OrderRefused
from procurement.operations.order_row import OrderRow
from procurement.operations.place_orders import place_orders
from tests.catalog.applications.cast import Cast, the_cast
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.factories.contracts import delivery_relation
from tests.factories.stages import Parties

pytestmark = pytest.mark.django_db
EXPIRY = date(2026, 6, 30)


@pytest.fixture
def cast(db: None) -> Cast:
    made = the_cast()
    hospital = made.hospital.organisation
    assert hospital.region.parent
    hospital.pool = people.pool(hospital.region.parent)
    hospital.save(update_fields=["pool"])
    carrier = people.organisation("enterprise", is_manufacturer=False, is_distributor=True)
    delivery_relation(
        Parties(hospital, made.maker, carrier), product=made.product, state="accepted"
    )
    paper = make.registration(manufacturer=made.maker, number="国药准字H20210001")
    make.registration_version(registration=paper, expires_on=EXPIRY)
    make.product_registration(product=made.product, registration=paper)
    return made


def ordered(cast: Cast, on: date) -> str:
    """What an order of that morning comes to: nothing, or why it is refused. Search says the same."""
    buyer = User.objects.select_related("organisation__region__parent__parent").get(
        pk=cast.hospital.pk
    )
    scope = scope_of(buyer, on)
    product = Product.objects.get(pk=cast.product.pk)
    (found,) = found_rows(scope, [product], on, buyer.organisation)
    said = ""
    try:
        place_orders(
            institution=buyer.organisation, rows=[OrderRow(product, Decimal(2))],
            client_no=f"{on}", urgent=False, receiving_place="药库", by=buyer, scope=scope,
            at=datetime(on.year, on.month, on.day, 9, tzinfo=SHANGHAI),
        )  # fmt: skip
    except OrderRefused as refused:
        said = refused.reason
    assert found.is_orderable == (said == "")
    return said


def tick(on: date) -> None:
    """The catalogue's work of that day, a quarter past midnight."""
    take_due_applications(on=on, at=datetime(on.year, on.month, on.day, 0, 15, tzinfo=SHANGHAI))


def test_expiry_stops_orders_and_the_renewal_frees_them_on_its_day(cast: Cast) -> None:
    row = cast.published()
    assert row.effective_on == date(2026, 7, 1)
    for day in (date(2026, 6, 24), EXPIRY - timedelta(days=1)):
        tick(day)
    assert ordered(cast, EXPIRY - timedelta(days=1)) == ""
    tick(EXPIRY)
    assert "注册证" in ordered(cast, EXPIRY)
    tick(date(2026, 7, 1))
    row.refresh_from_db()
    assert row.state == "in_force"
    assert ordered(cast, date(2026, 7, 1)) == ""
    assert OrderLine.objects.filter(product=cast.product).count() == 2


def test_without_a_renewal_orders_stay_stopped(cast: Cast) -> None:
    for days in range(3):
        day = EXPIRY + timedelta(days=days)
        tick(day)
        assert "2026-06-30" in ordered(cast, day)
