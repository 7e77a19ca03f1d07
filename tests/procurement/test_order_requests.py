"""Orders from a hospital's own system over its amount: they wait, are approved by page or API, once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from inbox.models import Task
from procurement.models import Cart, Order, OrderLine, OrderTemplate
from procurement.operations.carts import send_cart, step_cart
from procurement.operations.order_checks import OrderRefused
from procurement.operations.order_requests import Requested, request_orders
from procurement.operations.ordering_settings import change_template, set_approval
from tests.factories import ordering as make
from tests.procurement.order_world import Market

pytestmark = pytest.mark.django_db


@pytest.fixture
def market() -> Market:
    world = Market()
    set_approval(approval_over=Decimal(50), **world.acting(world.a, "admin"))
    return world


def ask(market: Market, *rows: Any, role: str = "clerk", **more: Any) -> Requested:
    given: dict[str, Any] = {
        "institution": market.a, "rows": rows or (market.row(packs=5),), "client_no": "HIS-1",
        "urgent": False, "receiving_place": "东院药库，王库管", **market.acting(market.a, role),
    }  # fmt: skip
    return request_orders(**given | more)


def test_amount_at_the_limit_is_sent_and_one_pack_over_it_waits(market: Market) -> None:
    # 4 packs at 12.5 are 50 yuan, exactly the amount.
    at_limit = ask(market, market.row(packs=4), client_no="HIS-0")
    assert at_limit.placed is not None and len(at_limit.placed.orders) == 1
    over = ask(market)
    assert over.placed is None and over.waiting is not None
    assert (over.waiting.state, over.waiting.amount) == ("awaiting", Decimal("62.50"))
    assert Order.objects.count() == 1
    task = Task.objects.get(act="approve_cart")
    assert (task.object_key, task.organisation_id) == (over.waiting.cart_no, market.a.pk)
    assert set(task.roles) == {"reviewer", "leader"}


def test_waiting_order_is_approved_into_the_orders_of_its_number(market: Market) -> None:
    row = market.row(market.other, 5, reason="对辅料过敏")
    waiting = ask(market, row).waiting
    assert waiting is not None and ask(market, row).waiting == waiting
    with pytest.raises(NotYours):
        send_cart(cart=waiting, **market.acting(market.a))
    sent = send_cart(cart=waiting, **market.acting(market.a, "reviewer"))
    (order,) = sent.placed[0].orders
    assert (order.client_no, order.receiving_place) == ("HIS-1", "东院药库，王库管")
    assert OrderLine.objects.get(order=order).distributor_id == market.d2.pk
    again = ask(market, row).placed
    assert again is not None and again.again and again.orders == [order]
    assert not Task.objects.filter(act="approve_cart", done_at__isnull=True).exists()


def test_number_of_something_else_or_of_a_dropped_one_is_refused(market: Market) -> None:
    waiting = ask(market).waiting
    assert waiting is not None
    with pytest.raises(TransitionRefused, match=waiting.cart_no):
        ask(market, market.row(packs=6))
    step_cart(cart=waiting, verb="take_back", **market.acting(market.a))
    held = ask(market).waiting
    assert held is not None and held.state == "returned"
    step_cart(cart=waiting, verb="drop", **market.acting(market.a))
    with pytest.raises(TransitionRefused, match="作废"):
        ask(market)
    assert not Order.objects.exists()


def test_what_cannot_be_ordered_never_waits(market: Market) -> None:
    with pytest.raises(OrderRefused):
        ask(market, market.row(market.other, 50))
    with pytest.raises(MissingInput):
        ask(market, receiving_place=" ")
    with pytest.raises(NotYours):
        ask(market, role="accountant")
    assert not Cart.objects.exists()


def test_an_approver_sends_at_once(market: Market) -> None:
    assert ask(market, role="leader").placed is not None


def test_template_is_renamed_and_closed_by_its_own_people(market: Market) -> None:
    kept, other = make.order_template(market.a, name="甲"), make.order_template(market.a, name="乙")
    acting = market.acting(market.a)
    with pytest.raises(MissingInput, match="同名"):
        change_template(template=kept, name="乙", **acting)
    assert change_template(template=kept, name="丙", seen_version=1, **acting).name == "丙"
    with pytest.raises(StaleVersion):
        change_template(template=kept, name="丁", seen_version=1, **acting)
    with pytest.raises(NotYours):
        change_template(template=kept, name="丁", **market.acting(market.b))
    change_template(template=other, is_open=False, **acting)
    # A closed one's name is free.
    change_template(template=kept, name="乙", **acting)
    assert OrderTemplate.objects.filter(is_open=True).count() == 1
