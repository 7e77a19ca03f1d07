"""Each method of leads at its thresholds: what is exactly at one counts, what is just off does not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from monitoring.queries.lead_search import Find, search, window_of
from tests.factories import stages
from tests.monitoring.leads.cast import EARLIER, MARCH, Cast, noon

pytestmark = pytest.mark.django_db


def _found(cast: Cast, kind: str) -> list[Find]:
    return list(search(kind, month=MARCH, province_id=cast.province.pk))


def test_six_months_end_with_the_month_asked_for() -> None:
    first, last = window_of(MARCH)
    assert (f"{first}", f"{last}") == ("2025-10-01", "2026-03-31")


@pytest.mark.parametrize(
    ("packs", "others", "price", "fires"),
    [
        (30, 10, 200, True),
        (29, 10, 200, False),  # under three times the usual
        (30, 15, 200, True),  # exactly twice the others' growth
        (30, 16, 200, False),  # all of the province rose
        (30, 10, 100, True),  # exactly the amount
        (30, 10, 99, False),
    ],
)
def test_sudden_growth(packs: int, others: int, price: int, *, fires: bool) -> None:
    cast = Cast()
    for at in EARLIER:
        cast.buy(0, cast.beside, 10, at, price=price)
        cast.buy(1, cast.beside, 10, at, price=price)
    cast.buy(0, cast.beside, packs, noon(3, 31), price=price)
    cast.buy(1, cast.beside, others, noon(3, 5), price=price)
    # Neither the selected product, nor what was taken back or refused, nor April, counts.
    cast.buy(1, cast.chosen, 500, noon(3, 6))
    cast.buy(1, cast.beside, 500, noon(3, 6), cancelled_at=noon(3, 6))
    cast.buy(1, cast.beside, 500, noon(3, 6), response="rejected", reject_reason="out_of_stock")
    cast.buy(1, cast.beside, 500, noon(4, 1))
    found = _found(cast, "surge")
    assert bool(found) is fires
    if fires:
        (each,) = found
        assert (each.institution_id, each.group_id) == (cast.hospitals[0].pk, cast.group.pk)
        assert (each.measured, each.compared) == (Decimal(packs) / 10, Decimal(others) / 10)
        assert each.evidence["total"] == len(each.evidence["rows"]) == 6
        assert each.evidence["rows"][0][2] == "2026-03-31"  # the newest first


@pytest.mark.parametrize(
    ("own", "neighbours", "fires"),
    [((80, 20), 3, True), ((79, 21), 3, False), ((80, 20), 2, False)],
)
def test_one_manufacturer_against_the_neighbours(
    own: tuple[int, int], neighbours: int, *, fires: bool
) -> None:
    cast = Cast()
    cast.buy(0, cast.beside, own[0], noon(2, 3))
    cast.buy(0, cast.other, own[1], noon(2, 3))
    for each in range(1, neighbours + 1):
        cast.buy(each, cast.beside, 4, noon(2, 4))
        cast.buy(each, cast.other, 6, noon(2, 4))
    found = [
        each for each in _found(cast, "concentration")
        if each.institution_id == cast.hospitals[0].pk
    ]  # fmt: skip
    assert bool(found) is fires
    if fires:
        assert found[0].enterprise_id == cast.beside.manufacturer_id
        assert (found[0].measured, found[0].compared) == (Decimal("0.8"), Decimal("0.4"))


@pytest.mark.parametrize(
    ("together", "alone", "side", "fires"),
    [(3, 0, 2, True), (2, 0, 2, False), (4, 1, 2, True), (3, 1, 2, False), (3, 0, 1, False)],
)
def test_kits(together: int, alone: int, side: int, *, fires: bool) -> None:
    cast = Cast("consumable")
    for day in range(1, together + 1):
        line = cast.buy(0, cast.chosen, 10, noon(3, day), price=10)
        cast.buy(0, cast.part, 10 * side, noon(3, day), price=10, order=line.order)
    for day in range(1, alone + 1):
        cast.buy(0, cast.part, 5, noon(2, day), price=10)
    found = _found(cast, "kit")
    assert bool(found) is fires
    if fires:
        assert found[0].enterprise_id == cast.part.manufacturer_id
        assert found[0].measured == side
        assert found[0].evidence["total"] == 2 * together


@pytest.mark.parametrize(
    ("refused", "reason", "earlier", "fires"),
    [
        (3, "out_of_stock", 0, True),
        (2, "out_of_stock", 0, False),
        (3, "institution_error", 0, False),
        (3, "out_of_stock", 1, True),  # half of the lines before, all after: exactly twice
        (3, "out_of_stock", 2, False),
    ],
)
def test_refusals_after_the_agreed_quantity(
    refused: int, reason: str, earlier: int, *, fires: bool
) -> None:
    cast = Cast()
    signed = noon(1, 2)
    stages.agreement_line(
        cast.parties(0, cast.chosen), product=cast.chosen, batch=cast.batch, agreed_qty=100,
        institution_signed_at=signed, manufacturer_signed_at=signed, distributor_signed_at=signed,
    )  # fmt: skip
    turned_down: dict[str, Any] = {"response": "rejected", "reject_reason": reason}
    for day in range(earlier):
        cast.buy(0, cast.chosen, 1, noon(1, 3 + day), **turned_down)
    cast.buy(0, cast.chosen, 10, noon(1, 20))  # ten units a pack: the whole of it
    for day in range(1, refused + 1):
        cast.buy(0, cast.chosen, 1, noon(3, day), **turned_down)
    found = _found(cast, "refusal")
    assert bool(found) is fires
    if fires:
        assert found[0].enterprise_id == cast.distributor.pk
        assert found[0].product_id == cast.chosen.pk
        assert found[0].evidence["total"] == refused


@pytest.mark.parametrize(
    ("shipped", "others", "fires"), [(0, 10, True), (1, 10, True), (2, 10, False), (0, 9, False)]
)
def test_selective_delivery(shipped: int, others: int, *, fires: bool) -> None:
    cast = Cast()
    for number in range(3):
        line = cast.buy(0, cast.chosen, 1, noon(3, 1), delivery_due_at=noon(3, 4))
        if number < shipped:
            stages.delivery(line=line, recorded_at=noon(3, 2), shipped_at=noon(3, 2))
    for _ in range(others):
        line = cast.buy(1, cast.chosen, 1, noon(3, 1), delivery_due_at=noon(3, 4))
        stages.delivery(line=line, recorded_at=noon(3, 2), shipped_at=noon(3, 2))
    # Not due before the month's end: says nothing yet.
    cast.buy(0, cast.chosen, 1, noon(3, 31), delivery_due_at=noon(4, 3))
    found = _found(cast, "selective")
    assert bool(found) is fires
    if fires:
        assert found[0].institution_id == cast.hospitals[0].pk
        assert found[0].evidence["total"] == 3 - shipped
