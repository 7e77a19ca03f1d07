"""Prices against the selection, the maximum and the multiples, to the last cent."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from catalog.models import ListedPrice, Listing, MaximumPrice, PriceMark, Product
from catalog.operations.maximum_prices import (
    end_maximum_price,
    set_maximum_price,
    suspend_over_maximum,
)
from catalog.operations.price_marks import (
    compute_marks,
    end_price_multiple,
    set_price_multiple,
    set_reference_product,
)
from catalog.operations.price_ratio import RatioInputs, confirm_calculation
from catalog.operations.selected_prices import follow_selections
from catalog.queries.price_checks import (
    MISMATCHED,
    OVER_MAXIMUM,
    ordering_verdicts,
    with_price_checks,
)
from core.audit.models import AuditEvent
from core.audit.record import SystemActor
from core.transitions import MissingInput, NotYours
from inbox.models import Notice
from organisations.models import User
from organisations.queries.scope import Scope, scope_of
from tests.factories import catalog as make
from tests.factories import listings as made
from tests.factories import organisations as people

pytestmark = pytest.mark.django_db

AT = datetime(2026, 6, 15, 2, tzinfo=UTC)
TODAY = date(2026, 6, 15)
JOB = SystemActor("测试任务")


@pytest.fixture
def officer() -> tuple[User, Scope]:
    user = people.person(people.organisation("bureau", region=people.region()), "reviewer")
    return user, scope_of(user, TODAY)


def listed(price: str, **fields: object) -> Product:
    product = make.product(listed_price=price, **fields)
    make.listed_price(product=product, price=price)
    make.listing(product=product)
    return product


def over() -> set[int]:
    rows = with_price_checks(Product.objects.all(), TODAY).filter(OVER_MAXIMUM)
    return set(rows.values_list("pk", flat=True))


@pytest.mark.parametrize(("price", "is_over"), [("5.0000", False), ("5.0001", True)])
def test_a_products_maximum_is_per_pack(price: str, is_over: bool) -> None:
    product = listed(price)
    made.maximum_price(product=product, price=5)
    assert (product.pk in over()) is is_over


@pytest.mark.parametrize(("price", "is_over"), [("28.00", False), ("28.01", True)])
def test_a_groups_maximum_is_per_base_unit(price: str, is_over: bool) -> None:
    product = listed(price, base_units_per_pack=28)
    made.maximum_price(group=product.group, price=1)
    assert (product.pk in over()) is is_over


def test_the_products_own_maximum_goes_before_its_groups() -> None:
    product = listed("9", base_units_per_pack=1)
    made.maximum_price(group=product.group, price=1)
    made.maximum_price(product=product, price=10)
    assert over() == set()


def test_a_selected_product_is_not_held_against_the_maximum() -> None:
    product = listed("9")
    made.maximum_price(product=product, price=5)
    make.selection(product=product, price=9)
    assert over() == set()


def test_a_maximum_holds_from_its_day_to_the_day_before_the_next(
    officer: tuple[User, Scope],
) -> None:
    product = listed("9")
    for price, day in (("10", TODAY), ("8", TODAY + timedelta(days=5))):
        set_maximum_price(
            price=Decimal(price), valid_from=day, clause="省局〔2026〕1号", product=product,
            by=officer[0], scope=officer[1], at=AT,
        )  # fmt: skip
    first, second = MaximumPrice.objects.order_by("valid_from")
    assert (first.valid_to, second.valid_to) == (TODAY + timedelta(days=5), None)
    assert over() == set()
    end_maximum_price(
        row=second, valid_to=second.valid_from, by=officer[0], scope=officer[1], at=AT
    )
    second.refresh_from_db()
    assert second.valid_to == second.valid_from


@pytest.mark.parametrize(
    ("change", "field"),
    [({"price": Decimal("0")}, "price"), ({"valid_from": TODAY - timedelta(days=1)}, "valid_from"),
     ({"clause": " "}, "clause"), ({"group": None}, "group")],
)  # fmt: skip
def test_a_maximum_that_says_too_little_is_refused(
    officer: tuple[User, Scope], change: dict[str, object], field: str
) -> None:
    values: dict[str, object] = {
        "price": Decimal("5"), "valid_from": TODAY, "clause": "省局", "group": make.group(),
        "by": officer[0], "scope": officer[1], "at": AT,
    }  # fmt: skip
    with pytest.raises(MissingInput) as refused:
        set_maximum_price(**values | change)  # type: ignore[arg-type]
    assert refused.value.field == field
    assert not MaximumPrice.objects.exists()


def test_only_the_province_sets_a_maximum() -> None:
    user = people.person(people.organisation("bureau"), "reviewer")
    with pytest.raises(NotYours):
        set_maximum_price(
            price=Decimal("5"), valid_from=TODAY, clause="省局", group=make.group(), by=user,
            scope=scope_of(user, TODAY), at=AT,
        )  # fmt: skip


def test_the_rule_suspends_only_where_the_province_switched_it_on() -> None:
    quiet, strict, fine = listed("9"), listed("9"), listed("5")
    made.maximum_price(product=quiet, price=5)
    made.maximum_price(product=strict, price=5, suspends=True, clause="省局〔2026〕1号")
    made.maximum_price(product=fine, price=5, suspends=True)
    assert suspend_over_maximum(by=JOB, at=AT) == 1
    assert suspend_over_maximum(by=JOB, at=AT) == 0
    listing = Listing.objects.get(product=strict)
    assert (listing.state, listing.closed_by, listing.clause) == (
        "suspended",
        None,
        "省局〔2026〕1号",
    )
    assert listing.reason == "挂网价 9.00 元高于最高挂网价 5.00 元"
    assert Notice.objects.filter(organisation=strict.manufacturer).count() == 1
    assert Listing.objects.filter(state="suspended").count() == 1


def test_selected_products_follow_their_price_from_the_first_day() -> None:
    batch = make.batch(effective_on=TODAY, ends_on=date(2027, 6, 14))
    product = listed("9")
    make.selection(batch=batch, product=product, price="4.56")
    eve = AT - timedelta(days=1)
    assert follow_selections(by=JOB, at=eve) == 0
    assert follow_selections(by=JOB, at=AT) == 1
    product.refresh_from_db()
    assert product.listed_price == Decimal("4.56")
    old, new = ListedPrice.objects.filter(product=product).order_by("valid_from")
    assert (old.valid_to, new.valid_from, new.kind, new.clause) == (
        TODAY, TODAY, "selection", "S2-10.1",
    )  # fmt: skip
    assert follow_selections(by=JOB, at=AT) == 0
    assert AuditEvent.objects.filter(action="listed_price.follow_selection").count() == 1


def test_a_price_that_differs_by_region_is_left_on_the_list() -> None:
    batch = make.batch()
    product = listed("9")
    for price in (4, 5):
        make.selection(batch=batch, product=product, price=price)
    assert follow_selections(by=JOB, at=AT) == 0


def test_mismatches_are_those_that_no_longer_follow() -> None:
    same, other, standby = listed("4"), listed("5"), listed("6")
    for product in (same, other):
        make.selection(product=product, price=4)
    make.selection(product=standby, price=4, role="standby")
    rows = with_price_checks(Product.objects.all(), TODAY).filter(MISMATCHED)
    assert list(rows) == [other]


def marked() -> dict[int, str]:
    compute_marks(by=JOB, at=AT)
    rows = PriceMark.objects.filter(until__isnull=True)
    return dict(rows.values_list("product_id", "level"))


@pytest.mark.parametrize(
    ("price", "level"),
    [("1.7999", None), ("1.8", None), ("1.8001", "yellow"), ("3", "yellow"), ("3.0001", "red")],
)
def test_marks_begin_above_the_multiple(price: str, level: str | None) -> None:
    """The lowest listed price of the group is 1.00 per unit: a third pack of three at 3.00."""
    group = make.group()
    listed("3", group=group, base_units_per_pack=3)
    product = listed(price, group=group, base_units_per_pack=1)
    made.price_multiple(yellow="1.8", red=3)
    assert marked().get(product.pk) == level


def test_each_reference_price_is_the_one_named() -> None:
    group = make.group()
    own = listed("16", group=group, base_units_per_pack=10)
    make.selection(product=own, price=10)
    other = listed("12", group=group, base_units_per_pack=10)
    make.selection(product=other, price=12)
    named = listed("40", group=group, base_units_per_pack=10)
    made.reference_product(product=named)
    found = {}
    for reference in ("own_selected", "highest_selected", "lowest_listed", "reference_product"):
        row = made.price_multiple(reference=reference, yellow="0.01", red=None)
        marked()
        mark = PriceMark.objects.get(product=own, until__isnull=True)
        found[reference] = (mark.reference_price, mark.reference_product)
        row.valid_to = row.valid_from
        row.save(update_fields=["valid_to"])
    assert found == {
        "own_selected": (Decimal(1), own), "highest_selected": (Decimal("1.2"), other),
        "lowest_listed": (Decimal("1.2"), other), "reference_product": (Decimal(4), named),
    }  # fmt: skip


def test_quality_and_category_choose_the_lines() -> None:
    group = make.group()
    listed("1", group=group)
    passed = listed("4", group=group, tags=["equal_quality"])
    plain = listed("4", group=group)
    made.price_multiple(quality="passed", yellow=2, red=None)
    assert marked() == {passed.pk: "yellow"}
    made.price_multiple(quality="not_passed", category="drug", yellow=2, red=3)
    made.price_multiple(category="consumable", yellow="0.1", red="0.2")
    assert marked() == {passed.pk: "yellow", plain.pk: "red"}


def test_a_mark_keeps_its_first_day_and_another_level_begins_anew() -> None:
    group = make.group()
    listed("1", group=group)
    product = listed("2", group=group)
    made.price_multiple()
    marked()
    Product.objects.filter(pk=product.pk).update(listed_price=2.5)
    compute_marks(by=JOB, at=AT + timedelta(days=1))
    mark = PriceMark.objects.get(product=product)
    assert (mark.since, mark.ratio, mark.until) == (TODAY, Decimal("2.5"), None)
    Product.objects.filter(pk=product.pk).update(listed_price=4)
    assert compute_marks(by=JOB, at=AT + timedelta(days=2)) == {
        "stayed": 0, "ended": 1, "began": 1,
    }  # fmt: skip
    Product.objects.filter(pk=product.pk).update(listed_price=1)
    compute_marks(by=JOB, at=AT + timedelta(days=3))
    assert not PriceMark.objects.filter(until__isnull=True).exists()
    assert PriceMark.objects.filter(product=product).count() == 2


def test_red_asks_a_second_time_yellow_does_not() -> None:
    red, yellow, none = make.product(), make.product(), make.product()
    made.price_mark(product=red)
    made.price_mark(product=yellow, level="yellow")
    found = ordering_verdicts([red.pk, yellow.pk, none.pk])
    assert [bool(found[p.pk]) for p in (red, yellow, none)] == [False, True, True]
    assert "4.00 倍，超过 3 倍" in found[red.pk].reason


@pytest.mark.parametrize(
    ("change", "field"),
    [({"yellow": None, "red": None}, "yellow"), ({"red": Decimal("1.8")}, "red"),
     ({"yellow": Decimal(0)}, "yellow"), ({"reference": "other"}, "reference"),
     ({"clause": ""}, "clause"), ({"name": " "}, "name"),
     ({"valid_from": TODAY - timedelta(days=1)}, "valid_from"),
     ({"red": Decimal("NaN")}, "red")],
)  # fmt: skip
def test_a_multiple_that_says_nothing_clear_is_refused(
    officer: tuple[User, Scope], change: dict[str, object], field: str
) -> None:
    values: dict[str, object] = {
        "name": "化学药", "reference": "lowest_listed", "yellow": Decimal("1.8"),
        "red": Decimal(3), "valid_from": TODAY, "clause": "省局", "by": officer[0],
        "scope": officer[1], "at": AT,
    }  # fmt: skip
    with pytest.raises(MissingInput) as refused:
        set_price_multiple(**values | change)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_a_multiple_that_ended_marks_nothing(officer: tuple[User, Scope]) -> None:
    group = make.group()
    listed("1", group=group)
    listed("9", group=group)
    row = set_price_multiple(
        name="化学药", reference="lowest_listed", yellow=Decimal("1.8"), red=None,
        valid_from=TODAY, clause="省局", by=officer[0], scope=officer[1], at=AT,
    )  # fmt: skip
    assert len(marked()) == 1
    end_price_multiple(row=row, by=officer[0], scope=officer[1], at=AT)
    assert marked() == {}


def test_a_reference_product_is_of_the_group(officer: tuple[User, Scope]) -> None:
    with pytest.raises(MissingInput, match="本品种"):
        set_reference_product(
            group=make.group(), product=make.product(), clause="目录", by=officer[0],
            scope=officer[1], at=AT,
        )  # fmt: skip


def ratio(officer: tuple[User, Scope], expected: str, **change: object) -> object:
    group = make.group()
    representative = listed("10", group=group)
    representative.refresh_from_db()
    product = change.pop("product", None) or listed("99", group=group)
    return confirm_calculation(
        product=product, representative=representative,  # type: ignore[arg-type]
        inputs=RatioInputs(
            representative_price=Decimal("10"), representative_strength=Decimal("5"),
            representative_count=Decimal("10"), strength=Decimal("10"), count=Decimal("20"),
        ),
        expected=Decimal(expected), valid_from=TODAY, note="", by=officer[0], scope=officer[1],
        at=AT,
    )  # fmt: skip


def test_a_confirmed_calculation_is_the_price_and_is_kept(officer: tuple[User, Scope]) -> None:
    kept = ratio(officer, "33.15")
    assert kept.listed_price.price == Decimal("33.15")  # type: ignore[attr-defined]
    assert kept.listed_price.kind == "ratio"  # type: ignore[attr-defined]
    assert kept.product.listed_price == Decimal("33.15")  # type: ignore[attr-defined]
    assert [step["name"] for step in kept.steps][-1] == "result"  # type: ignore[attr-defined]


def test_what_was_not_seen_is_not_confirmed(officer: tuple[User, Scope]) -> None:
    with pytest.raises(MissingInput) as refused:
        ratio(officer, "33.14")
    assert refused.value.field == "expected"
    with pytest.raises(MissingInput, match="同一品种"):
        ratio(officer, "33.15", product=listed("5"))
