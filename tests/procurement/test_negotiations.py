"""议价: offers of both sides, the agreed price in ordering for exactly its days, never over the listed one."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections

from catalog.models import ListedPrice
from core.transitions import MissingInput, NotYours, Refusal, StaleVersion, TransitionRefused
from inbox.models import Task
from procurement.models import Negotiation, OrderLine
from procurement.operations.negotiations import (
    offer_price,
    open_negotiation,
    step_negotiation,
)
from procurement.queries.negotiations import negotiated_prices, visible_negotiations
from tests.days import today
from tests.procurement.order_world import Market

pytestmark = pytest.mark.django_db


def days(first: int = 0, last: int = 30) -> dict[str, date]:
    """From and to, counted from today."""
    return {
        "valid_from": today() + timedelta(days=first), "valid_to": today() + timedelta(days=last),
    }  # fmt: skip


@pytest.fixture
def market() -> Market:
    return Market()


def opened(market: Market, price: str = "15", **more: Any) -> Negotiation:
    given: dict[str, Any] = {
        "institution": market.a, "product": market.other, "price": Decimal(price), "words": "",
        **days(), **market.acting(market.a),
    }  # fmt: skip
    return open_negotiation(**given | more)


def test_offers_are_kept_and_the_accepted_one_is_the_price_of_ordering(market: Market) -> None:
    row = opened(market)
    maker = market.acting(market.rival)
    assert Task.objects.get(act="answer_negotiation").organisation_id == market.rival.pk
    row = offer_price(negotiation=row, price=Decimal("17.5"), words="运费", **days(), **maker)
    with pytest.raises(NotYours):
        step_negotiation(negotiation=row, verb="accept", **maker)
    with pytest.raises(StaleVersion):
        step_negotiation(negotiation=row, verb="accept", seen_version=1, **market.acting(market.a))
    row = step_negotiation(negotiation=row, verb="accept", **market.acting(market.a))
    assert (row.state, row.price) == ("agreed", Decimal("17.5"))
    assert [(o.side, o.price) for o in row.offers.all()] == [
        ("institution", Decimal(15)), ("manufacturer", Decimal("17.5")),
    ]  # fmt: skip
    (order,) = market.place(market.row(market.other, 2, reason="过敏")).orders
    line = OrderLine.objects.get(order=order)
    assert (line.unit_price, line.batch_id) == (Decimal("17.5"), None)
    step_negotiation(negotiation=row, verb="end", words="原料涨价", **market.acting(market.rival))
    (later,) = market.place(market.row(market.other, 2, reason="过敏"), client_no="YN2").orders
    assert OrderLine.objects.get(order=later).unit_price == Decimal(20)


def test_agreed_price_holds_on_its_days_alone_and_never_over_the_listed(market: Market) -> None:
    row = opened(market)
    step_negotiation(negotiation=row, verb="accept", **market.acting(market.rival))
    held = [
        bool(negotiated_prices(market.a, [market.other.pk], today() + timedelta(days=day)))
        for day in (-1, 0, 30, 31)
    ]
    assert held == [False, True, True, False]
    assert not negotiated_prices(market.b, [market.other.pk], today())
    ListedPrice.objects.filter(product=market.other).update(price=9)
    (order,) = market.place(market.row(market.other, 2, reason="过敏")).orders
    assert OrderLine.objects.get(order=order).unit_price == Decimal(9)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"price": Decimal("20.0001")}, "price"), ({"price": Decimal(0)}, "price"),
        ({"last": -1}, "valid_to"), ({"first": -9, "last": -1}, "valid_to"),
    ],
)  # fmt: skip
def test_offer_over_the_listed_price_or_in_the_past_is_refused(
    market: Market, change: dict[str, Any], field: str
) -> None:
    span = days(change.pop("first", 0), change.pop("last", 30))
    with pytest.raises(MissingInput) as missing:
        opened(market, **{**span, **change})
    assert missing.value.field == field and not Negotiation.objects.exists()
    assert opened(market, "20").price == 20


def test_selected_products_strangers_and_second_ones_are_refused(market: Market) -> None:
    with pytest.raises(MissingInput, match="中选价"):
        opened(market, product=market.selected, price=Decimal(1))
    with pytest.raises(NotYours):
        opened(market, **market.acting(market.maker))
    with pytest.raises(NotYours):
        opened(market, **market.acting(market.b))
    row = opened(market)
    with pytest.raises(TransitionRefused):
        opened(market, **market.acting(market.rival))
    with pytest.raises(NotYours):
        offer_price(
            negotiation=row, price=Decimal(1), words="", **days(), **market.acting(market.b)
        )
    for who, sees in ((market.a, 1), (market.rival, 1), (market.b, 0), (market.maker, 0)):
        assert visible_negotiations(market.scope(who)).count() == sees


def test_days_that_overlap_an_agreed_one_are_not_agreed_twice(market: Market) -> None:
    step_negotiation(negotiation=opened(market), verb="accept", **market.acting(market.rival))
    second = opened(market, "14")
    with pytest.raises(TransitionRefused, match="重叠"):
        step_negotiation(negotiation=second, verb="accept", **market.acting(market.rival))


@pytest.mark.django_db(transaction=True)
def test_new_offer_and_acceptance_at_once_one_wins(market: Market) -> None:
    row = opened(market)
    maker, hospital = market.acting(market.rival), market.acting(market.a)
    barrier, told = threading.Barrier(2), []

    def run(work: Any) -> None:
        try:
            barrier.wait()
            work()
        except Refusal as refusal:
            told.append(refusal)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=run, args=(work,))
        for work in (
            lambda: step_negotiation(negotiation=row, verb="accept", seen_version=1, **maker),
            lambda: offer_price(
                negotiation=row, price=Decimal(12), words="", seen_version=1, **days(), **hospital
            ),
        )
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    row.refresh_from_db()
    assert len(told) == 1
    assert (row.state, row.price) in (("agreed", Decimal(15)), ("open", Decimal(12)))
