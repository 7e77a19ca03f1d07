"""Every kind goes through the levels that are set for it, is published or not, and changes what it says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from catalog.models import Product, RegistrationVersion
from catalog.operations.applications.due import take_due_applications
from catalog.operations.applications.review import approve_application
from catalog.queries.registrations import registration_state
from catalog.rules.applications.review import ROUTES
from tests.catalog.applications.cast import NOW, NUMBER, TODAY, Cast, later, renewal, the_cast
from tests.factories import catalog as make

pytestmark = pytest.mark.django_db

CODE = "XA10ADM080B002010107199"
PATHS = {
    "new_product": ["county", "province"],
    "renewal": ["county", "province"],
    "registration_change": ["county", "province"],
    "specification": ["county", "city", "province"],
    "code": ["province"],
    "withdrawal": ["city", "province"],
    "price": ["city", "province"],
    "linked_price": ["province"],
}
VALUES: dict[str, dict[str, object]] = {
    "renewal": renewal(),
    "registration_change": {**renewal(holder="乙公司"), "registration_number": ""},
    "specification": {"name": "甲片", "specification": "10mg*48片", "pack_unit": "盒"},
    "price": {"price": "9.5"},
    "linked_price": {
        "price": "8", "linked_province": "北京市", "linked_price": "8", "linked_on": "2026-05-01",
        "linked_source": "https://example.org/jg",
    },
    "withdrawal": {"stop_supply_on": "2026-06-30"},
    "code": {"code": CODE},
}  # fmt: skip


@pytest.fixture
def cast(db: None) -> Cast:
    cast = the_cast()
    paper = make.registration(number=NUMBER, manufacturer=cast.maker)
    make.registration_version(registration=paper, expires_on=date(2026, 6, 20))
    make.product_registration(product=cast.product, registration=paper)
    return cast


def changed(cast: Cast, kind: str) -> Product:
    """The product after an application of this kind has gone its whole way."""
    values = {name: each for name, each in VALUES[kind].items() if each != ""}
    row = cast.submit(cast.hand_in(cast.draft(kind, values)))
    assert (row.path, row.level, row.needs_publicity) == (
        PATHS[kind], PATHS[kind][0], ROUTES[kind].publicity,
    )  # fmt: skip
    if row.needs_publicity:
        cast.published(row)
        take_due_applications(on=date(2026, 6, 24), at=later(9))
        take_due_applications(on=date(2026, 7, 1), at=later(16))
    else:
        approve_application(
            application=cast.at_province(row), by=cast.province, scope=cast.scope(cast.province),
            at=NOW, effective_on=TODAY,
        )  # fmt: skip
    row.refresh_from_db()
    assert row.state == "in_force", kind
    return Product.objects.get(pk=cast.product.pk)


def test_each_kind_by_its_levels(cast: Cast) -> None:
    assert set(PATHS) == set(ROUTES) == {*VALUES, "new_product"}
    july = date(2026, 7, 1)
    # Run out on 20 June: ordering has stopped until the renewal holds, and then goes on by itself.
    assert registration_state(cast.product, date(2026, 6, 30)).status == "expired"
    assert registration_state(changed(cast, "renewal"), july).status == "in_force"
    assert changed(cast, "price").listed_price == Decimal("9.5")
    assert changed(cast, "specification").specification == "10mg*48片"
    assert changed(cast, "code").code == CODE
    assert changed(cast, "withdrawal").listing.state == "withdrawn"


def test_changed_content_is_a_new_version_under_the_same_number(cast: Cast) -> None:
    product = changed(cast, "registration_change")
    holders = RegistrationVersion.objects.filter(registration__number=NUMBER).order_by("valid_from")
    assert [row.holder for row in holders][1:] == ["乙公司"]
    assert registration_state(product, date(2026, 7, 1)).status == "in_force"


def test_linking_goes_to_the_province_alone(cast: Cast) -> None:
    assert changed(cast, "linked_price").listed_price == Decimal(8)
