"""The demonstration's relations of the coming year: beside those that were pointed before."""

from __future__ import annotations

import pytest

from contracts.models import DeliveryRelation
from contracts.operations.demo_agreements import _relate
from contracts.operations.relations import Pointing, point_distributors
from organisations.models import User
from tests.contracts.world import Trade
from tests.days import morning, today
from tests.factories import organisations as people


@pytest.mark.django_db
def test_a_pair_that_is_related_already_is_not_pointed_again() -> None:
    """`make demo` broke off where a clinical reason's relation reached into the coming year."""
    trade = Trade("jiangxi-2026")
    cast = {
        "hospital": trade.a, "consortium": trade.b, "manufacturer": trade.maker,
        "distributor": trade.d1,
    }  # fmt: skip
    for name, of in cast.items():
        people.person(of, "clerk", "leader", username=name)
    rows = User.objects.select_related("organisation__region__parent__parent")
    demo = {user.username: user for user in rows.filter(username__in=cast)}
    first = Pointing(trade.product, trade.d1, trade.pool, None, today())
    (held,) = point_distributors(pointings=[first], **trade.acting(trade.maker))

    _relate(trade.years[1], demo, today(), morning())

    made = DeliveryRelation.objects.exclude(pk=held.pk).get()
    assert (made.product, made.valid_from) == (trade.other, trade.years[1].starts_on)
