"""Search calls orderable exactly what an order of it is accepted for; the cart says the same."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from itertools import product as combinations
from typing import Any

import pytest
from django.test import Client

from catalog.models import ListedPrice, Listing, Product
from catalog.queries.found_rows import found_rows
from procurement.operations.order_checks import OrderRefused
from procurement.queries.cart_page import found_for_cart
from tests.days import morning, today
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.factories import quality, stages
from tests.factories.contracts import delivery_relation
from tests.factories.listings import listing
from tests.factories.stages import Parties
from tests.procurement.order_world import Market

pytestmark = pytest.mark.django_db


class World(Market):
    """The market with an office that may hold a product for the whole province."""

    def __init__(self) -> None:
        super().__init__()
        self.office = people.organisation("bureau", region=self.province)


@pytest.fixture
def market() -> World:
    return World()


LISTED = ("listed", "suspended", "none")
RELATION = ("none", "pointed", "accepted", "ended", "future", "elsewhere")
AGREEMENT = ("none", "signed", "unsigned", "ended", "ends_today", "last_year")
SELECTED = ("here", "elsewhere", "none")
HELD = ("no", "own", "province")


@dataclass(frozen=True)
class Case:
    listed: str
    relation: str
    agreement: str
    selected: str
    held: str
    priced: bool


def cases() -> list[Case]:
    """Every relation with every agreement while nothing else hinders, then mixtures."""
    plain = [
        Case("listed", relation, agreement, "here", "no", True)
        for relation, agreement in combinations(RELATION, AGREEMENT)
    ]
    draw = random.Random(20261123)
    mixed = [
        Case(
            draw.choice(LISTED), draw.choice(RELATION), draw.choice(AGREEMENT),
            draw.choice(SELECTED), draw.choice(HELD), draw.random() < 0.8,
        )
        for _ in range(40)
    ]  # fmt: skip
    return plain + mixed


def put(market: World, case: Case, number: int) -> Product:
    """One product of a group of its own, as the case has it; `elsewhere` is another city's."""
    row = make.product(manufacturer=market.maker, name=f"世界{number:03d}", base_units_per_pack=10)
    if case.listed != "none":
        closed = {"reason_code": "other", "reason": "核查", "since": today()}
        listing(product=row, state=case.listed, **(closed if case.listed == "suspended" else {}))
    if case.priced:
        ListedPrice.objects.create(
            product=row, price="30", valid_from=today() - timedelta(days=200), source="测试"
        )
    parties = Parties(market.a, market.maker, market.d1)
    if case.selected != "none":
        region = market.city if case.selected == "here" else people.region(parent=market.province)
        make.selection(batch=market.batch, product=row, region=region, price="12.5")
    if case.agreement != "none":
        _agree(market, parties, row, case.agreement)
    if case.relation != "none":
        _relate(market, parties, row, case.relation)
    if case.held == "own":
        quality.quality_hold(market.a, product=row, lot_no="")
    elif case.held == "province":
        quality.quality_hold(market.office, product=row, lot_no="")
    return row


def _agree(market: World, parties: Parties, row: Product, how: str) -> None:
    signed = dict.fromkeys(
        ("institution_signed_at", "manufacturer_signed_at", "distributor_signed_at"),
        morning() - timedelta(days=20),
    )
    more: dict[str, Any] = {
        "unsigned": {"distributor_signed_at": None},
        "ended": {"ended_at": morning() - timedelta(days=1)},
        "ends_today": {"ended_at": morning() - timedelta(minutes=1)},
        "last_year": {"year_no": 2},
    }.get(how, {})
    stages.agreement_line(
        parties, batch=market.batch, product=row, price="12.5", **signed | {"year_no": 1} | more
    )


def _relate(market: World, parties: Parties, row: Product, how: str) -> None:
    more: dict[str, Any] = {
        "pointed": {"state": "pointed"},
        "accepted": {"state": "accepted"},
        "ended": {"state": "ended", "valid_until": today()},
        "future": {"state": "accepted", "valid_from": today() + timedelta(days=1)},
        "elsewhere": {"state": "accepted", "county": people.region(parent=market.city)},
    }[how]
    delivery_relation(parties, product=row, **more)


def accepted(market: World, row: Product, client_no: str) -> bool:
    try:
        market.place(market.row(row, reason="临床需要"), client_no=client_no, confirmed=True)
    except OrderRefused:
        return False
    return True


def test_orderable_by_search_means_that_the_order_is_accepted(
    market: World, client: Client
) -> None:
    world = [(case, put(market, case, number)) for number, case in enumerate(cases())]
    scope, products = market.scope(market.a), [row for _, row in world]
    by_search = {
        found.product.pk: found.is_orderable
        for found in found_rows(scope, products, today(), market.a)
    }
    client.force_login(market.user(market.a))
    for number, (case, row) in enumerate(world):
        (in_cart,) = (
            each
            for each in found_for_cart(scope, row.name, market.a, morning())
            if each.product == row
        )
        answer = client.get("/api/v1/product-search/", {"q": row.name}).json()["results"][0]
        assert answer["code"] == row.code
        taken = accepted(market, row, f"单{number}")
        said = (by_search[row.pk], answer["is_orderable"], in_cart.blocking == [])
        assert said == (taken, taken, taken), (case, in_cart.blocking)
    taken_at_all = sum(by_search.values())
    assert 10 < taken_at_all < len(world) - 10
    assert Listing.objects.filter(product__in=products).exists()
