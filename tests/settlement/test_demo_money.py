"""The demonstration's money: three months in every state, by the people whose steps they are."""

from __future__ import annotations

from collections import Counter

import pytest

from catalog.models import BatchParameter
from procurement.operations.demo_codes import create_demo_codes
from settlement.models import BankOrder, Prepayment, Statement
from settlement.operations.demo_money import create_demo_money
from settlement.operations.demo_prepay import create_demo_prepayments
from settlement.queries.facts import facts
from tests.factories import organisations as people
from tests.settlement.test_prepayments import Prepaying
from tests.settlement.trade import APRIL, CLOCK, MARCH, MAY, Trade, noon

pytestmark = pytest.mark.django_db


def cast(trade: Trade) -> None:
    for username, place, roles in (
        ("distributor", trade.seller, ("clerk",)), ("manufacturer", trade.maker, ("clerk",)),
        ("city", trade.bureau, ("clerk", "reviewer", "leader")),
        ("agency", trade.agency, ("clerk",)), ("hospital", trade.jia, ("accountant",)),
    ):  # fmt: skip
        people.person(place, *roles, username=username)


def test_three_months_are_in_every_state() -> None:
    trade = Trade()
    cast(trade)
    others = [people.organisation("enterprise", is_manufacturer=False, is_distributor=True)
              for _ in range(2)]  # fmt: skip
    for month in (3, 4, 5):
        for seller in (trade.seller, trade.maker, *others):
            trade.receive(noon(month, 5), seller=seller, invoice="")
            trade.receive(noon(month, 6), seller=seller, of=trade.yi, price="2.5")
    assert create_demo_money(at=noon(6, 8)) == 12
    states = {
        month: Counter(Statement.objects.filter(month=month).values_list("state", flat=True))
        for month in (MARCH, APRIL, MAY)
    }
    assert states[MARCH] == {"paid": 1, "part_paid": 1, "approved": 1, "closed": 1}
    assert states[APRIL] == {"approved": 1, "reviewed": 1, "answered": 1, "drafted": 1}
    assert states[MAY] == {"drafted": 3, "confirmed": 1}
    assert Counter(BankOrder.objects.values_list("state", flat=True)) == {"done": 2, "returned": 1}
    for row in Statement.objects.filter(state__in=("paid", "part_paid", "approved")):
        assert len({row.reviewed_by_id, row.first_by_id, row.second_by_id}) >= 2
    trade.check()
    assert create_demo_money(at=noon(6, 8)) == 0


def test_codes_vouch_for_what_the_citys_pool_received() -> None:
    trade = Trade()
    cast(trade)
    BatchParameter.objects.create(batch=trade.batch, parameter="trace_codes", value="1")
    taken = [trade.receive(noon(3, day)) for day in range(2, 18)]
    due = {0: 0, 1: 5}
    expected = sum(due.get(each.delivery_id % 8, 10) for each in taken)
    assert create_demo_codes(by=CLOCK, at=noon(4, 1)) == expected
    assert create_demo_codes(by=CLOCK, at=noon(4, 1)) == 0
    settled = sum(row.settleable for row in facts(trade.pool, since=MARCH, until=APRIL))
    assert settled == expected > 0


def test_prepayments_wait_and_are_used() -> None:
    trade = Prepaying(jia="1000", yi="500")
    cast(trade)
    trade.agree(people.organisation(region=trade.jia.region, pool=trade.pool), "700")
    trade.receive(noon(5, 20), "10")
    assert create_demo_prepayments(at=noon(6, 8)) == 3
    assert sorted(Prepayment.objects.values_list("state", flat=True)) == [
        "approved",
        "asked",
        "paid",
    ]
