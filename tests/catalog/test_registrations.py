"""A 注册证 covers a product from day to day; on the day of its expiry nothing is ordered."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from catalog.models import Product, Registration
from catalog.operations.registrations import cover_products, record_registration
from catalog.queries.registrations import (
    registration_in_force,
    registration_state,
    state_of,
    with_registration,
)
from core.audit.record import SystemActor
from core.transitions import TransitionRefused
from tests.factories import catalog as make
from tests.factories.organisations import organisation

pytestmark = pytest.mark.django_db

JOB = SystemActor("测试任务")
TODAY = date(2026, 6, 15)


def covered(expires_on: date = date(2026, 12, 31)) -> Product:
    product = make.product()
    paper = make.registration(manufacturer=product.manufacturer)
    make.registration_version(registration=paper, expires_on=expires_on)
    make.product_registration(product=product, registration=paper)
    return product


def renew(paper: Registration, *, valid_from: date, expires_on: date) -> None:
    record_registration(
        number=paper.number, kind=paper.kind, manufacturer=paper.manufacturer, holder="甲公司",
        issued_on=valid_from, expires_on=expires_on, scope_text="", valid_from=valid_from,
        source="延续", by=JOB, at=timezone.now(),
    )  # fmt: skip


def test_product_without_a_paper_is_not_recorded_and_not_held_back() -> None:
    product = make.product()
    assert registration_state(product, TODAY).status == "not_recorded"
    assert registration_in_force(product, TODAY).ok


@pytest.mark.parametrize(
    ("days", "status"), [(1, "in_force"), (0, "expired"), (-1, "expired"), (90, "in_force")]
)
def test_paper_holds_until_the_day_it_names(days: int, status: str) -> None:
    product = covered(TODAY + timedelta(days=days))
    assert registration_state(product, TODAY).status == status
    assert registration_in_force(product, TODAY).ok is (status == "in_force")


def test_refusal_names_the_paper_the_day_and_the_way_out() -> None:
    said = registration_in_force(covered(TODAY), TODAY)
    assert "2026-06-15" in said.reason
    assert "延续" in said.reason
    assert said.clause


def test_renewal_of_the_same_number_ends_the_suspension_and_keeps_the_past() -> None:
    product = covered(date(2026, 6, 1))
    paper = Registration.objects.get()
    renew(paper, valid_from=date(2026, 6, 15), expires_on=date(2031, 6, 14))
    assert registration_state(product, date(2026, 6, 14)).status == "expired"
    assert registration_state(product, TODAY).expires_on == date(2031, 6, 14)
    assert [v.valid_to for v in paper.versions.order_by("valid_from")] == [TODAY, None]


def test_new_number_takes_the_old_ones_place_from_its_day() -> None:
    product = covered()
    new = make.registration(manufacturer=product.manufacturer)
    make.registration_version(registration=new, valid_from=TODAY)
    assert cover_products(
        registration=new, products=[product], valid_from=TODAY, by=JOB, at=timezone.now()
    ) == 1  # fmt: skip
    assert registration_state(product, TODAY).number == new.number
    assert registration_state(product, TODAY - timedelta(days=1)).number != new.number


def test_link_that_ended_without_another_suspends() -> None:
    product = covered()
    product.registration_links.update(valid_to=TODAY)
    assert registration_state(product, TODAY).status == "ended"
    assert not registration_in_force(product, TODAY)


def test_another_manufacturers_number_is_refused() -> None:
    paper = make.registration_version().registration
    with pytest.raises(TransitionRefused, match="另一家企业"):
        record_registration(
            number=paper.number, kind=paper.kind, manufacturer=organisation("enterprise"),
            holder="乙公司", issued_on=TODAY, expires_on=date(2030, 1, 1), scope_text="",
            valid_from=TODAY, source="测试", by=JOB, at=timezone.now(),
        )  # fmt: skip


def test_version_before_a_later_one_is_refused() -> None:
    paper = make.registration_version(valid_from=date(2026, 7, 1)).registration
    with pytest.raises(TransitionRefused, match="2026-07-01"):
        renew(paper, valid_from=TODAY, expires_on=date(2030, 1, 1))


def test_database_keeps_versions_and_links_from_overlapping() -> None:
    version = make.registration_version()
    with pytest.raises(IntegrityError, match="registration_one_version_a_day"):
        make.registration_version(registration=version.registration, valid_from=TODAY)


def test_many_products_cost_one_query(django_assert_num_queries: object) -> None:
    for _ in range(3):
        covered()
    with django_assert_num_queries(1):  # type: ignore[operator]
        rows = [state_of(p) for p in with_registration(Product.objects.all(), TODAY)]
    assert {row.status for row in rows} == {"in_force"}
