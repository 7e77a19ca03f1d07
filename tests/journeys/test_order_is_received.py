"""A clerk orders, the distributor confirms, ships with codes and delivers, the clerk scans and receives."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from catalog.models import Product
from organisations.models import User
from policy.models import Policy
from procurement.models import Delivery
from tests.days import today
from tests.factories import catalog as make
from tests.factories import receiving
from tests.factories.stages import Parties
from tests.journeys import goods
from tests.journeys.conftest import Open
from tests.journeys.goods import WAIT
from tests.journeys.looking import look

pytestmark = pytest.mark.browser
MARK = "8765432"
CASE, *PACKS = (f"{MARK}{number:013d}" for number in range(5))


def agreed_today(of: Parties) -> Product:
    """One product, agreed between these three for the year that runs today."""
    batch = make.batch(
        policy=Policy.objects.get(code="jiangxi-2024"),
        effective_on=today() - timedelta(days=30), ends_on=today() + timedelta(days=335),
    )  # fmt: skip
    (product,) = goods.agreed(of, batch, {"旅程缬沙坦": "12.5"})
    receiving.product_mark(product=product, mark=MARK)
    return product


def test_from_the_cart_to_the_shelf(sign_in: Open) -> None:
    hospital, maker, carrier = (
        User.objects.get(username=name).organisation
        for name in ("hospital", "manufacturer", "distributor")
    )
    product = agreed_today(Parties(hospital, maker, carrier))

    clerk: Any = sign_in("hospital")
    clerk.goto("/orders/cart/")
    goods.put_in_cart(clerk, product, "-3")
    expect(clerk.locator("#cart-summary")).to_contain_text("没有保存", timeout=WAIT)
    goods.put_in_cart(clerk, product, "4")
    expect(clerk.locator("#cart-summary")).to_contain_text("50.00", timeout=WAIT)
    look(clerk, "cart")
    order = goods.send_order(clerk, "50.00")
    assert order.institution == hospital

    sender: Any = sign_in("distributor")
    (line,) = goods.confirm_lines(sender, order)
    ship = goods.open_shipping(sender, order)
    ship.click(timeout=WAIT)
    # Without a lot nothing leaves, and what was typed stays.
    expect(sender.get_by_text("没有发货，请改正后再提交").first).to_be_visible(timeout=WAIT)
    goods.fill_lot(sender, product, "L20261")
    sender.locator("summary").filter(has_text="追溯码").click()
    codes = [*(f"{code},{CASE}" for code in PACKS[:3]), PACKS[3]]
    sender.get_by_label(f"{line} 追溯码").fill("\n".join(codes))
    look(sender, "ship")
    ship.click()
    note = goods.deliver(sender)
    assert (note.institution, note.distributor) == (hospital, carrier)
    look(sender, "delivered")

    take = goods.open_note(clerk, note)
    sent = Delivery.objects.get(note_no=note.note_no)
    goods.count_in(clerk, sent, "3")
    take.click()
    expect(clerk.locator(".zc-error-summary")).to_be_visible(timeout=WAIT)
    clerk.wait_for_load_state()
    # One scan of the case stands for its three packs; a strange code is told at once.
    for code, said in (("1" * 20, "未知的码"), (CASE, "已核对 3／4")):
        clerk.fill("#id_codes", code)
        clerk.get_by_role("button", name="核对", exact=True).click()
        expect(clerk.locator("#scan-said")).to_contain_text(said, timeout=WAIT)
    goods.count_in(clerk, sent, "3", "1")
    look(clerk, "receive")
    take.click()
    expect(clerk.get_by_text("已收货：1 项").first).to_be_visible(timeout=WAIT)
    line.refresh_from_db()
    assert (line.state, line.accepted_packs, line.refused_packs) == ("received", 3, 1)
