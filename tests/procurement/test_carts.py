"""The cart: kept while filled, the later of two people is told, approved over the amount, sent once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from core.audit.models import AuditEvent
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from inbox.models import Task
from organisations.models import User
from procurement.models import Cart, CartLine, Order, OrderLine, OrderTemplate, ReceivingPlace
from procurement.operations.carts import (
    CartChange,
    change_cart,
    open_cart,
    send_cart,
    step_cart,
    submit_cart,
)
from procurement.operations.order_checks import OrderRefused
from procurement.operations.ordering_settings import save_place, set_approval
from procurement.queries.cart_page import CartRow, cart_rows
from procurement.queries.quantity_account import accounts, visible_accounts
from tests.days import morning
from tests.factories import ordering, stages
from tests.factories import organisations as people
from tests.factories.stages import Parties
from tests.procurement.order_world import Market

pytestmark = pytest.mark.django_db
PLACE = {
    "name": "药库", "address": "门诊楼一层", "contact": "李库管", "phone": "0791-1", "hours": "全天",
    "is_default": True, "is_open": True,
}  # fmt: skip


@pytest.fixture
def market() -> Market:
    made = Market()
    ordering.receiving_place(made.a, **PLACE)
    return made


def fill(market: Market, packs: int = 3, role: str = "clerk", **more: Any) -> Cart:
    acting = market.acting(market.a, role)
    cart = more.pop("cart", None) or open_cart(**acting)
    change = CartChange(
        market.a, more.pop("product", market.selected), Decimal(packs), more.pop("reason", None)
    )
    return change_cart(cart=cart, changes=[change], **acting, **more)


def test_cart_is_one_for_the_institution_and_keeps_what_is_put_in(market: Market) -> None:
    cart = fill(market)
    assert open_cart(**market.acting(market.a, "reviewer")).pk == cart.pk
    fill(market, packs=5, cart=cart)
    line = CartLine.objects.get(cart=cart)
    assert line.packs == 5 and cart.place is not None
    fill(market, packs=0, cart=cart)
    assert not cart.lines.exists()
    with pytest.raises(MissingInput):
        fill(market, packs=-1, cart=cart)


def test_the_later_of_two_people_or_tabs_is_told_and_nothing_of_it_is_kept(market: Market) -> None:
    cart = fill(market)
    for role, who in (("reviewer", "已由"), ("clerk", "已在您的另一个窗口修改")):
        with pytest.raises(StaleVersion, match=f"{who}.*请刷新"):
            fill(market, packs=9, role=role, cart=cart, seen_version=cart.row_version - 1)
    assert CartLine.objects.get(cart=cart).packs == 3
    fill(market, packs=4, cart=cart, seen_version=cart.row_version)


def test_refused_tab_stays_old_and_a_press_after_typing_is_no_second_tab(market: Market) -> None:
    browser = Client()
    browser.force_login(market.user(market.a))
    cart = fill(market)
    cell = f"packs:{market.a.code}:{market.selected.code}"
    old = {"cells": "1", "filling": cart.cart_no, "version": f"{cart.row_version}", cell: "9"}
    fill(market, packs=5, cart=cart)
    for _ in range(2):
        # As often as the old tab saves itself, with the version that it is given back.
        told = browser.post("/orders/cart/save/", old, headers={"HX-Request": "true"})
        page = told.content.decode()
        assert "已在您的另一个窗口修改" in page
        assert f'name="version" value="{old["version"]}"' in page
    send = f"/orders/carts/{cart.cart_no}/send/"
    assert browser.post(send, old).status_code == 409
    assert not Order.objects.exists()
    # Typed, and pressed before the page had its new version: the same cells are sent twice.
    cart.refresh_from_db()
    now = old | {"version": f"{cart.row_version}", cell: "6"}
    browser.post("/orders/cart/save/", now, headers={"HX-Request": "true"})
    assert browser.post(send, now).status_code == 302
    assert OrderLine.objects.get().packs == 6


def test_sent_cart_becomes_orders_once(market: Market) -> None:
    cart = fill(market)
    fill(market, packs=2, cart=cart, product=market.other, reason="对辅料过敏")
    sent = send_cart(cart=cart, **market.acting(market.a))
    orders = [order for placed in sent.placed for order in placed.orders]
    assert {order.distributor_id for order in orders} == {market.d1.pk, market.d2.pk}
    assert {order.submission_no for order in orders} == {cart.cart_no}
    assert "药库" in orders[0].receiving_place and "李库管" in orders[0].receiving_place
    cart.refresh_from_db()
    assert (cart.state, cart.amount) == ("sent", Decimal("77.50"))
    with pytest.raises(TransitionRefused):
        send_cart(cart=cart, **market.acting(market.a))
    assert Order.objects.count() == 2
    assert open_cart(**market.acting(market.a)).pk != cart.pk


def test_cart_that_cannot_be_ordered_stays_as_it_is(market: Market) -> None:
    cart = fill(market, product=market.other)
    with pytest.raises(OrderRefused):
        send_cart(cart=cart, **market.acting(market.a))
    cart.refresh_from_db()
    assert cart.state == "draft"
    ReceivingPlace.objects.update(is_open=False, is_default=False)
    Cart.objects.update(place=None)
    fill(market, packs=0, cart=cart, product=market.other)
    fill(market, cart=cart)
    with pytest.raises(MissingInput) as missing:
        send_cart(cart=cart, **market.acting(market.a))
    assert missing.value.field == "place"


@pytest.mark.parametrize(("over", "free"), [("37.50", True), ("37.49", False), (None, True)])
def test_amount_over_the_limit_needs_approval(market: Market, over: str | None, free: bool) -> None:
    set_approval(approval_over=Decimal(over) if over else None, **market.acting(market.a, "admin"))
    cart = fill(market)
    if free:
        assert send_cart(cart=cart, **market.acting(market.a)).placed
        return
    with pytest.raises(TransitionRefused, match="院内审批"):
        send_cart(cart=cart, **market.acting(market.a))


def test_approval_is_asked_returned_mended_and_given(market: Market) -> None:
    set_approval(approval_over=Decimal(1), **market.acting(market.a, "admin"))
    cart = fill(market)
    submit_cart(cart=cart, **market.acting(market.a))
    assert Task.objects.get(act="approve_cart").roles == ["reviewer", "leader"]
    with pytest.raises(TransitionRefused):
        fill(market, packs=9, cart=cart)
    with pytest.raises(NotYours):
        step_cart(cart=cart, verb="return", return_reason="多", **market.acting(market.a))
    boss = market.acting(market.a, "reviewer")
    with pytest.raises(MissingInput):
        step_cart(cart=cart, verb="return", **boss)
    step_cart(cart=cart, verb="return", return_reason="数量偏多", **boss)
    assert "数量偏多" in Task.objects.get(act="mend_cart").title
    fill(market, packs=2, cart=cart)
    submit_cart(cart=cart, **market.acting(market.a))
    with pytest.raises(NotYours):
        send_cart(cart=cart, **market.acting(market.a))
    sent = send_cart(cart=cart, **boss)
    assert OrderLine.objects.get(order=sent.placed[0].orders[0]).packs == 2
    assert not Task.objects.filter(act__in=("approve_cart", "mend_cart"), done_at=None).exists()
    told = AuditEvent.objects.filter(object_type="cart", object_key=str(cart.pk))
    assert set(told.values_list("action", flat=True)) == {
        "cart.open", "cart.change", "cart.submit", "cart.return", "cart.approve",
    }  # fmt: skip


def test_lead_orders_for_a_member_to_the_members_place(market: Market) -> None:
    member = market.hospital("丁卫生院")
    lead = people.consortium(market.a)
    people.membership(lead, member)
    waiting = fill(market, packs=1)
    change = CartChange(member, market.selected, Decimal(1))
    change_cart(cart=waiting, changes=[change], **market.acting(market.a))
    with pytest.raises(MissingInput, match="丁卫生院没有收货地点：请该机构的经办或库管"):
        send_cart(cart=waiting, **market.acting(market.a))
    step_cart(cart=waiting, verb="drop", **market.acting(market.a))
    ordering.receiving_place(member, **PLACE | {"name": "卫生院药房"})
    user = User.objects.select_related("organisation__region__parent__parent").get(
        pk=market.user(market.a).pk
    )
    acting = market.acting(market.a)
    cart = open_cart(**acting)
    change_cart(cart=cart, changes=[CartChange(member, market.selected, Decimal(2))], **acting)
    (placed,) = send_cart(cart=cart, **acting).placed
    (order,) = placed.orders
    assert (order.institution_id, order.distributor_id) == (member.pk, market.d1.pk)
    assert order.receiving_place.startswith("卫生院药房")
    assert user.organisation_id == market.a.pk
    with pytest.raises(NotYours):
        fresh = open_cart(**acting)
        change_cart(
            cart=fresh, changes=[CartChange(market.b, market.selected, Decimal(2))], **acting
        )


def test_place_keeps_one_default_and_unique_names(market: Market) -> None:
    acting = market.acting(market.a, "storekeeper")
    second = save_place(place=None, values=PLACE | {"name": "耗材库"}, **acting)
    first = ReceivingPlace.objects.get(institution=market.a, name="药库")
    assert (first.is_default, second.is_default) == (False, True)
    told = AuditEvent.objects.get(action="receiving_place.save", object_key=str(second.pk))
    kept = f"{told.object_label} {told.reason} {told.detail}"
    assert not [PLACE[name] for name in ("address", "contact", "phone") if PLACE[name] in kept]
    assert "联系电话" in told.detail["changed"]
    for values, field in (
        (PLACE | {"name": "耗材库"}, "name"), (PLACE | {"is_open": False}, "is_open"),
    ):  # fmt: skip
        with pytest.raises(MissingInput) as missing:
            save_place(place=first, values=values, **acting)
        assert missing.value.field == field
    with pytest.raises(NotYours):
        save_place(place=first, values=PLACE, **market.acting(market.b))
    with pytest.raises(StaleVersion):
        save_place(place=first, values=PLACE, seen_version=99, **acting)


def test_page_is_filled_sent_kept_as_template_and_filled_again(market: Market) -> None:
    browser = Client()
    browser.force_login(market.user(market.a))
    page = browser.get("/orders/cart/")
    assert page.status_code == 200 and "缬沙坦" in page.content.decode()
    cell = f"packs:{market.a.code}:{market.selected.code}"
    live = browser.post(
        "/orders/cart/save/", {"cells": "1", cell: "3"}, headers={"HX-Request": "true"}
    )
    assert "37.50" in live.content.decode() and "发送订单" in live.content.decode()
    wrong = browser.post(
        "/orders/cart/save/", {"cells": "1", cell: "三"}, headers={"HX-Request": "true"}
    )
    assert "没有保存" in wrong.content.decode() and "已保存" not in wrong.content.decode()
    assert f"{market.selected}：请填写数字" in wrong.content.decode()
    cart = Cart.objects.get()
    act = f"/orders/carts/{cart.cart_no}/"
    browser.post(f"{act}template/", {"version": cart.row_version, "template_name_words": "每周"})
    assert OrderTemplate.objects.get().rows == [{"product": market.selected.code, "packs": "3"}]
    browser.post(f"{act}send/", {"cells": "1", "version": cart.row_version, cell: "4"})
    line = OrderLine.objects.get()
    assert line.packs == 4
    template = OrderTemplate.objects.get()
    browser.post("/orders/cart/fill/", {"template": template.template_no})
    browser.post("/orders/cart/fill/", {"order": line.order.order_no})
    again = CartLine.objects.get(cart__state="draft")
    assert again.packs == 4
    found = browser.get(f"/orders/cart/?q={market.other.code}").content.decode()
    assert "同品种中选" in found and "12.5" in found


def test_row_shows_progress_in_packs_and_the_selected_alternative(market: Market) -> None:
    fill(market, product=market.other)
    cart = Cart.objects.get()
    own, agreed = cart_rows(market.scope(market.a), cart, market.a, morning())
    assert own.sight.needs_reason() and own.sight.offered[0].price == Decimal("12.5")
    assert agreed.in_packs is not None and agreed.in_packs["agreed"] == 10
    assert agreed.line is None and agreed.distributor == "配送一"


def test_members_cart_shows_the_agreement_on_which_its_orders_count(market: Market) -> None:
    """The lead signs and orders for all: cart, ordering and account name one agreement."""
    member, beside = market.hospital("丁卫生院"), market.hospital("戊卫生院")
    people.consortium(market.a, member, beside)
    ordering.receiving_place(member, **PLACE)
    signed = morning() - timedelta(days=40)
    only_beside = market.product(market.maker, "阿托伐他汀", "8")
    for of, product, packs in ((beside, only_beside, 5), (beside, market.selected, 3)):
        stages.agreement_line(
            Parties(of, market.maker, market.d1), batch=market.batch, product=product,
            agreed_qty=packs * 10, price="8", institution_signed_at=signed,
            manufacturer_signed_at=signed, distributor_signed_at=signed,
        )  # fmt: skip
    lead, later = market.scope(market.a), morning() + timedelta(hours=1)

    def row(cart: Cart | None = None) -> CartRow:
        (found,) = cart_rows(lead, cart, member, later)
        return found

    def figures(found: CartRow) -> tuple[str, str, int, int]:
        held = found.in_packs
        assert held is not None
        return (found.product.name, found.agreed_by, int(held["agreed"]), int(held["under_way"]))

    assert figures(row()) == ("缬沙坦", "甲医院", 10, 0)
    assert row().distributor == "配送一" and not row().blocking
    acting = market.acting(market.a)
    cart = open_cart(**acting)
    change_cart(cart=cart, changes=[CartChange(member, market.selected, Decimal(2))], **acting)
    assert figures(row(cart)) == ("缬沙坦", "甲医院", 10, 0)
    send_cart(cart=cart, **acting)
    assert figures(row()) == ("缬沙坦", "甲医院", 10, 2)
    own = visible_accounts(lead, later).filter(institution=market.a)
    (account,) = accounts(lead, own, later)
    assert account.outstanding == 20
    # What another member alone has agreed is not offered; a line of it shows where it counts.
    cart = open_cart(**acting)
    change_cart(cart=cart, changes=[CartChange(member, only_beside, Decimal(1))], **acting)
    put, offered = cart_rows(lead, cart, member, later)
    assert (put.agreed_by, offered.agreed_by) == ("戊卫生院", "甲医院")
    # With an agreement of its own it draws on that.
    stages.agreement_line(
        Parties(member, market.maker, market.d1), batch=market.batch, product=market.selected,
        agreed_qty=70, price="12.5", institution_signed_at=signed,
        manufacturer_signed_at=signed, distributor_signed_at=signed,
    )  # fmt: skip
    assert figures(row()) == ("缬沙坦", "", 7, 2)


def test_member_is_told_whose_agreement_counts_and_whom_to_ask(
    market: Market, client: Client
) -> None:
    member = market.hospital("丁卫生院")
    people.consortium(market.a, member)
    assert cart_rows(market.scope(member), None, member, morning()) == []
    client.force_login(market.user(member))
    page = client.get("/orders/cart/").content.decode()
    assert "协议产品和进度请向甲医院查询" in page
    client.force_login(market.user(market.a))
    for address in ("/orders/cart/", f"/orders/cart/?for={member.code}"):
        assert "请向甲医院查询" not in client.get(address).content.decode()
    assert "约定量在甲医院名下" in client.get(f"/orders/cart/?for={member.code}").content.decode()
