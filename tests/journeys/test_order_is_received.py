"""A clerk orders, the distributor confirms, ships with codes and delivers, the clerk scans and receives."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from catalog.models import AgreementYear, ListedPrice, Product
from organisations.models import User
from policy.models import Policy
from procurement.models import DeliveryNote, LineProgress, Order
from tests.days import morning, today
from tests.factories import catalog as make
from tests.factories import ordering, receiving, stages
from tests.factories.stages import Parties
from tests.journeys.conftest import Open
from tests.journeys.looking import look

pytestmark = pytest.mark.browser
MARK = "8765432"
CASE, *PACKS = (f"{MARK}{number:013d}" for number in range(5))
WAIT = 40_000
"""Milliseconds, for a page of a busy machine."""


def agreed(of: Parties) -> Product:
    """One product, agreed between these three for the year that runs today."""
    product = make.product(manufacturer=of.manufacturer, name="旅程缬沙坦", group=make.group())
    make.listing(product=product)
    ListedPrice.objects.create(
        product=product, price="30", valid_from=date(2026, 1, 1), source="测试"
    )
    batch = make.batch(
        policy=Policy.objects.get(code="jiangxi-2024"),
        effective_on=today() - timedelta(days=30), ends_on=today() + timedelta(days=335),
    )  # fmt: skip
    AgreementYear.objects.create(
        batch=batch, year_no=1, starts_on=batch.effective_on, ends_on=batch.ends_on
    )
    region = of.institution.region
    assert region is not None
    make.selection(batch=batch, product=product, region=region.parent or region, price="12.5")
    signed = morning() - timedelta(days=40)
    stages.agreement_line(
        of, batch=batch, product=product, agreed_qty=100, price="12.5",
        institution_signed_at=signed, manufacturer_signed_at=signed, distributor_signed_at=signed,
    )  # fmt: skip
    ordering.receiving_place(of.institution, name="中心药库", is_default=True)
    receiving.product_mark(product=product, mark=MARK)
    return product


def test_from_the_cart_to_the_shelf(sign_in: Open) -> None:
    hospital, maker, carrier = (
        User.objects.get(username=name).organisation
        for name in ("hospital", "manufacturer", "distributor")
    )
    product = agreed(Parties(hospital, maker, carrier))

    clerk: Any = sign_in("hospital")
    clerk.goto("/orders/cart/")
    packs = clerk.get_by_label(f"{product}的包装数")
    packs.fill("-3")
    packs.blur()
    expect(clerk.locator("#cart-summary")).to_contain_text("没有保存", timeout=WAIT)
    packs.fill("4")
    packs.blur()
    send = clerk.locator("#cart-summary").get_by_role("button", name="发送订单")
    expect(clerk.locator("#cart-summary")).to_contain_text("50.00", timeout=WAIT)
    look(clerk, "cart")
    send.click()
    expect(clerk.get_by_text("已发送 1 张订单").first).to_be_visible(timeout=WAIT)
    clerk.wait_for_load_state()
    order = Order.objects.get(institution=hospital, lines__product=product)

    sender: Any = sign_in("distributor")
    sender.goto("/supply/queue/?stage=answer")
    line = LineProgress.objects.get(order=order)
    sender.locator(f"input[name=ids][value='{line.line_id}']").check()
    sender.get_by_role("button", name="确认", exact=True).click()
    sender.get_by_role("button", name="确认 1 行").click(timeout=WAIT)
    expect(sender.get_by_text("已确认 1 行").first).to_be_visible(timeout=WAIT)
    sender.wait_for_load_state()
    sender.goto(f"/supply/queue/ship/?lines={line.line_id}")
    ship = sender.get_by_role("button", name="发货 1 行，配送单 1 张")
    ship.click(timeout=WAIT)
    # Without a lot nothing leaves, and what was typed stays.
    expect(sender.get_by_text("没有发货，请改正后再提交").first).to_be_visible(timeout=WAIT)
    sender.get_by_label(f"{product} 的批号").fill("L20261")
    sender.get_by_label(f"{product} 的有效期").fill("2029-06-30")
    sender.locator("summary").filter(has_text="追溯码").click()
    codes = [*(f"{code},{CASE}" for code in PACKS[:3]), PACKS[3]]
    sender.get_by_label(f"{line} 追溯码").fill("\n".join(codes))
    look(sender, "ship")
    ship.click()
    expect(sender.get_by_text("已发货，配送单").first).to_be_visible(timeout=WAIT)
    sender.wait_for_load_state()
    note = DeliveryNote.objects.get(institution=hospital, distributor=carrier)
    sender.get_by_role("button", name="登记送达").first.click()
    expect(sender.get_by_text("已登记送达").first).to_be_visible(timeout=WAIT)
    look(sender, "delivered")

    clerk.goto("/receipts/")
    clerk.fill("#id_q", note.note_no)
    clerk.get_by_role("button", name="打开").click()
    take = clerk.get_by_role("button", name="确认收货")
    expect(take).to_be_visible(timeout=WAIT)
    clerk.wait_for_load_state()
    clerk.locator("input[name^=accepted_]").fill("3")
    take.click()
    expect(clerk.locator(".zc-error-summary")).to_be_visible(timeout=WAIT)
    clerk.wait_for_load_state()
    # One scan of the case stands for its three packs; a strange code is told at once.
    for code, said in (("1" * 20, "未知的码"), (CASE, "已核对 3／4")):
        clerk.fill("#id_codes", code)
        clerk.get_by_role("button", name="核对", exact=True).click()
        expect(clerk.locator("#scan-said")).to_contain_text(said, timeout=WAIT)
    clerk.locator("input[name^=accepted_]").fill("3")
    clerk.locator("input[name^=refused_]").fill("1")
    clerk.locator("select[name^=reason_]").select_option("damaged")
    look(clerk, "receive")
    take.click()
    expect(clerk.get_by_text("已收货：1 项").first).to_be_visible(timeout=WAIT)
    line.refresh_from_db()
    assert (line.state, line.accepted_packs, line.refused_packs) == ("received", 3, 1)
