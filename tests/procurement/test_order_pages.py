"""Orders on page and by API: sight, taking back, the race with an answer."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.test import Client

from core.transitions import NotYours, Refusal, TransitionRefused
from inbox.models import Task
from procurement.models import LineProgress, Order, OrderLine
from procurement.operations.cancel_order import cancel_order
from procurement.operations.line_progress import advance, line_standings, lock_lines
from procurement.rules.order_state import order_state
from tests.days import morning
from tests.procurement.order_world import Market

pytestmark = pytest.mark.django_db


@pytest.fixture
def market() -> Market:
    return Market()


def confirm(market: Market, order: Order, **acting: Any) -> None:
    """As the distributor's page does it, by the one way in which lines change."""
    given = acting or market.acting(market.d1)
    with transaction.atomic():
        found = OrderLine.objects.filter(order=order, ordered_at=order.sent_at)
        rows = lock_lines(keys=[(line.pk, line.ordered_at) for line in found])
        found.update(response="confirmed", responded_at=given["at"])
        standings = {row.line_id: line_standings(given["scope"], row) for row in rows}
        advance(rows, act="confirm", by=given["by"], at=given["at"], standings=standings)


def cancel(market: Market, order: Order, **more: Any) -> list[LineProgress]:
    given: dict[str, Any] = {
        "order": order, "line_nos": (), "reason": "重复", **market.acting(market.a),
    }  # fmt: skip
    return cancel_order(**given | more)


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ((), "已结束"), (("sent",), "待答复"), (("sent", "confirmed"), "部分答复"),
        (("confirmed", "rejected"), "已确认"), (("rejected",), "已拒绝"),
        (("cancelled", "voided"), "已结束"), (("shipped", "confirmed"), "部分发货"),
        (("shipped", "cancelled"), "已发货"), (("delivered", "shipped"), "部分到货"),
        (("delivered",), "已到货"), (("received", "delivered"), "部分收货"),
        (("received", "completed"), "已收货"), (("completed", "rejected"), "完成"),
    ],
)  # fmt: skip
def test_state_of_an_order_follows_from_its_lines(states: tuple[str, ...], words: str) -> None:
    assert order_state(states) == words


def test_unanswered_order_is_taken_back_and_its_task_ends(market: Market) -> None:
    (order,) = market.place().orders
    with pytest.raises(NotYours):
        cancel(market, order, **market.acting(market.b))
    (row,) = cancel(market, order, at=morning() + timedelta(minutes=1))
    assert row.state == "cancelled"
    assert OrderLine.objects.get(order=order).cancelled_at == morning() + timedelta(minutes=1)
    assert Task.objects.get(object_key=order.order_no).done_at is not None
    with pytest.raises(TransitionRefused, match="没有未答复的行"):
        cancel(market, order)


def test_answered_line_is_not_taken_back(market: Market) -> None:
    (order,) = market.place().orders
    confirm(market, order)
    assert Task.objects.get(object_key=order.order_no).done_at is not None
    with pytest.raises(TransitionRefused):
        cancel(market, order, line_nos=(1,))
    assert OrderLine.objects.get(order=order).cancelled_at is None


@pytest.mark.django_db(transaction=True)
def test_cancel_against_confirm_one_wins_and_the_other_is_told(market: Market) -> None:
    told = []
    acting = market.acting(market.d1)
    buying = market.acting(market.a)
    for turn in range(4):
        (order,) = market.place(client_no=f"YN{turn}").orders
        barrier = threading.Barrier(2)
        lost: list[str] = []

        def run(act: Any, number: Order = order, gate: Any = barrier, found: Any = lost) -> None:
            try:
                gate.wait()
                act(number)
            except Refusal as refused:
                found.append(refused.reason)
            finally:
                connections.close_all()

        threads = [
            threading.Thread(target=run, args=(lambda o: confirm(market, o, **acting),)),
            threading.Thread(target=run, args=(lambda o: cancel(market, o, **buying),)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        line = OrderLine.objects.get(order=order)
        state = LineProgress.objects.get(line_id=line.pk).state
        assert len(lost) == 1, "exactly one wins"
        assert (state == "cancelled") == (line.cancelled_at is not None)
        assert (state == "confirmed") == (line.response == "confirmed")
        told += lost
    assert len(told) == 4


def client(market: Market, of: Any, role: str = "clerk") -> Client:
    browser = Client()
    browser.force_login(market.user(of, role))
    return browser


def test_pages_show_the_order_to_its_parties_alone(market: Market) -> None:
    first, second = market.place(
        market.row(), market.row(market.other, 2, reason="对辅料过敏")
    ).orders
    page = client(market, market.a).get(f"/orders/of/{first.order_no}/")
    assert page.status_code == 200
    assert "缬沙坦" in page.content.decode() and second.order_no in page.content.decode()
    seen = client(market, market.d1).get(f"/orders/of/{first.order_no}/").content.decode()
    assert second.order_no not in seen
    assert client(market, market.d1).get(f"/orders/of/{second.order_no}/").status_code == 404
    assert client(market, market.b).get(f"/orders/of/{first.order_no}/").status_code == 404
    carrier = client(market, market.d2).get(f"/orders/of/{second.order_no}/").content.decode()
    assert "对辅料过敏" not in carrier
    listed = client(market, market.a).get("/orders/?stage=sent")
    assert first.order_no in listed.content.decode()
    assert client(market, market.a).get(f"/orders/of/{first.order_no}/paper/").status_code == 200


BODY = {"client_no": "H-1", "receiving_place": "药库", "urgent": False}


def test_api_orders_once_names_faults_by_path_and_takes_back(market: Market) -> None:
    browser = client(market, market.a)

    def post(lines: list[dict[str, Any]], **more: Any) -> Any:
        return browser.post(
            "/api/v1/orders/", {**BODY, "lines": lines, **more}, content_type="application/json"
        )

    wrong = post([{"product": market.selected.code, "packs": "1.5"},
                  {"product": market.other.code, "packs": "2"}])  # fmt: skip
    assert wrong.status_code == 400
    assert {each["pointer"] for each in wrong.json()["errors"]} == {
        "#/lines/0/packs", "#/lines/1/reason",
    }  # fmt: skip
    for typed in ("３", "3e0", "3_0", "0x3", ""):
        refused = post([{"product": market.selected.code, "packs": typed}])
        assert refused.status_code == 400
        assert [each["pointer"] for each in refused.json()["errors"]] == ["#/lines/0/packs"]
    made = post([{"product": market.selected.code, "packs": "3"}])
    assert (made.status_code, made.json()["again"]) == (201, False)
    again = post([{"product": market.selected.code, "packs": "3.0"}])
    assert (again.status_code, again.json()["again"]) == (200, True)
    number = made.json()["orders"][0]["order_no"]
    assert again.json()["orders"][0]["order_no"] == number
    other = post([{"product": market.selected.code, "packs": "4"}])
    assert other.status_code == 409 and number in other.json()["detail"]
    assert post([{"product": market.selected.code, "packs": "3"}],
                institution=market.b.code).status_code == 400  # fmt: skip
    reserved = post([{"product": market.selected.code, "packs": "3"}], client_no="CG00000001")
    assert reserved.status_code == 400
    back = browser.post(f"/api/v1/orders/{number}/cancel/", {}, content_type="application/json")
    assert back.status_code == 200 and back.json()["lines"][0]["cancelled_at"]
