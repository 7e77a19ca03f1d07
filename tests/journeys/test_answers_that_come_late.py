"""An answer that comes after the person has gone on never undoes what they did since."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from catalog.models import Listing, Product
from inbox.models import Draft
from monitoring.operations.live.keep_current import keep_current
from organisations.models import User
from procurement.models import Delivery, Order, TraceCode
from tests.factories import receiving
from tests.factories.stages import Parties
from tests.journeys import goods
from tests.journeys.conftest import Open
from tests.journeys.held import Held
from tests.journeys.test_order_is_received import agreed_today
from tests.journeys.test_volumes_are_reported import opened_by_province
from tests.monitoring.indicators.provinces import TESTER
from tests.procurement.receiving import Door

pytestmark = pytest.mark.browser


def parties() -> Parties:
    names = ("hospital", "manufacturer", "distributor")
    return Parties(*(User.objects.get(username=name).organisation for name in names))


def drafts(asked: Any) -> bool:
    return bool(asked.method == "POST")


def kept(page: Any, username: str) -> dict[str, list[str]]:
    key = page.locator("form[data-draft]").first.get_attribute("data-draft")
    row = Draft.objects.filter(user__username=username, key=key).first()
    return dict(row.values) if row else {}


# A dashboard: head and figures are of one choice.


def test_a_choice_made_while_figures_come_decides_head_and_figures(sign_in: Open) -> None:
    page: Any = sign_in("province")
    page.goto("/monitoring/province/360000/")
    held = Held(page, "**/monitoring/province/360000/?*")
    page.select_option("[name=category]", "drug")
    held.until(1)
    batch = "JX-YP-2026-1"
    page.select_option("[name=batch]", batch)
    page.wait_for_timeout(300)
    held.let_go()
    page.wait_for_url(f"**batch={batch}*")
    expect(page.locator("[name=category]")).to_have_value("drug")
    expect(page.locator("[name=batch]")).to_have_value(batch)


def test_the_clock_of_live_figures_never_takes_the_place_of_a_chosen_month(sign_in: Open) -> None:
    keep_current(by=TESTER, at=timezone.now())
    page: Any = sign_in("province")
    page.clock.install()
    page.goto("/monitoring/province/360000/")
    expect(page.locator("#live-note")).to_be_visible()
    chosen = Held(
        page, "**/monitoring/province/360000/?*", lambda asked: "month=2026-03" in asked.url
    )
    page.select_option("[name=month]", "2026-03")
    chosen.until(1)
    # Half a minute passes before the chosen month comes.
    page.clock.run_for(31_000)
    page.wait_for_timeout(1_000)
    chosen.let_go()
    expect(page.locator("#dashboard-head")).to_contain_text("计算于")
    expect(page.locator("#live-note")).to_have_count(0)
    expect(page.locator("#content [hx-trigger='every 30s']")).to_have_count(0)


# A field that finds codes: the last choice stands.


def options(page: Any) -> Any:
    """What the field offers for the beginning of a code."""
    page.locator("#id_product_code").fill(Product.objects.order_by("code")[0].code[:3])
    return page.locator(".zc-picker-list button")


def test_the_product_chosen_last_stands(sign_in: Open) -> None:
    page: Any = sign_in("regulator")
    page.goto(reverse("sampling-new"))
    found = options(page)
    expect(found.nth(1)).to_be_visible()
    codes = [found.nth(n).locator(".zc-cell-sub").inner_text().split(" ")[0] for n in (0, 1)]
    held = Held(page, "**pick=**")
    found.nth(0).click()
    found.nth(1).click()
    held.until(2)
    held.let_go()
    expect(page.locator("#id_product_code")).to_have_value(codes[1])


def test_a_product_that_was_chosen_is_kept_and_no_late_draft_takes_its_place(
    sign_in: Open,
) -> None:
    page: Any = sign_in("regulator")
    page.goto(reverse("sampling-new"))
    page.fill("#id_product_code", "上次的编码")
    page.fill("#id_lot_no", "L-2026-1")
    page.locator("#id_lot_no").blur()
    page.get_by_text("草稿已保存").wait_for()
    old = Held(page, "**/drafts/**", lambda asked: asked.method == "GET")
    page.goto(reverse("sampling-new"))
    old.until(1)
    found = options(page)
    expect(found.first).to_be_visible()
    code = found.first.locator(".zc-cell-sub").inner_text().split(" ")[0]
    found.first.click()
    expect(page.locator("#id_product_code")).to_have_value(code)
    old.let_go()
    page.get_by_text("已恢复").wait_for()
    expect(page.locator("#id_lot_no")).to_have_value("L-2026-1")
    expect(page.locator("#id_product_code")).to_have_value(code)
    page.get_by_text("草稿已保存").wait_for()
    assert kept(page, "regulator")["product_code"] == [code]


# Drafts: what was typed last is what is kept.


def test_two_drafts_on_their_way_arrive_in_the_order_of_typing(sign_in: Open) -> None:
    page: Any = sign_in("regulator")
    page.goto("/recalls/new/")
    page.wait_for_load_state("networkidle")
    held = Held(page, "**/drafts/**", drafts)
    page.fill("#id_reason", "先写的")
    page.locator("#id_reason").blur()
    held.until(1)
    page.fill("#id_reason", "后写的")
    page.locator("#id_reason").blur()
    page.wait_for_timeout(2_000)
    while held.waiting:
        held.answer(-1)
        page.wait_for_timeout(300)
    page.wait_for_timeout(500)
    assert kept(page, "regulator")["reason"] == ["后写的"]


def test_the_click_that_sends_a_form_leaves_no_draft_on_its_way(sign_in: Open) -> None:
    page: Any = sign_in("regulator")
    page.goto("/recalls/new/")
    page.wait_for_load_state("networkidle")
    asked = []
    page.on("request", lambda one: asked.append(one.url) if "/drafts/" in one.url else None)
    page.fill("#id_reason", "抽检不符合规定")
    # A hand presses the button for a while; the field that it leaves tells of its change at once.
    page.locator("#content form button[type=submit]").first.click(delay=150)
    page.locator("[data-error-summary]").wait_for()
    assert [url for url in asked if "key=" not in url] == []


def test_a_refused_form_shows_what_was_sent_and_not_an_older_draft(sign_in: Open) -> None:
    listing = Listing.objects.filter(state="listed").order_by("pk").first()
    assert listing is not None
    page: Any = sign_in("province")
    address = f"/catalog/listings/{listing.listing_no}/"
    page.goto(address)
    form = page.locator("#close form")
    form.locator("[name=reason]").fill("先写的")
    form.locator("[name=reason]").blur()
    page.get_by_text("草稿已保存").wait_for()
    Listing.objects.filter(pk=listing.pk).update(row_version=listing.row_version + 1)
    held = Held(page, "**/drafts/**", lambda asked: asked.method == "GET")
    form.locator("select[name=reason_code]").select_option(index=1)
    form.locator("[name=clause]").fill("依据")
    form.locator("[name=how_to_restore]").fill("补正后恢复")
    form.locator("[name=reason]").fill("先写的，又补充的")
    form.get_by_role("button", name="暂停采购").click()
    page.locator("[data-refused]").wait_for()
    reason = form.locator("[name=reason]")
    expect(reason).to_have_value("先写的，又补充的")
    held.until(1)
    with page.expect_response("**/drafts/**"):
        held.let_go()
    page.wait_for_timeout(500)
    assert reason.input_value() == "先写的，又补充的"


def test_a_sheet_is_judged_by_the_draft_that_came_late(sign_in: Open) -> None:
    number = opened_by_province()
    page: Any = sign_in("hospital")
    page.goto(f"/volumes/reports/{number}/")
    row = page.locator("tr[data-prior]:not([data-prior='0'])").first
    row.locator("[data-quantity]").fill("0")
    row.locator("[data-quantity]").blur()
    page.get_by_text("草稿已保存").wait_for()
    held = Held(page, "**/drafts/**", lambda asked: asked.method == "GET")
    page.goto(f"/volumes/reports/{number}/")
    held.until(1)
    page.wait_for_timeout(1_000)
    held.let_go()
    expect(row.locator("[data-quantity]")).to_have_value("0")
    expect(row.locator("[data-deviation]")).to_contain_text("−100% 须说明")
    expect(page.locator("[data-filled]")).to_have_text("1")


# A scanner is quicker than the network.


def note_of_codes(number: int) -> tuple[Delivery, list[str]]:
    """A note of this many packs at the hospital's door, each with its code."""
    door = Door()
    of = parties()
    door.hospital, door.maker, door.carrier = of.institution, of.manufacturer, of.distributor
    sent = door.ship(door.line(packs=number), number)
    codes = [receiving.trace_code(sent=sent).code for _ in range(number)]
    return sent, codes


def at_the_scanner(sign_in: Open, sent: Delivery) -> Any:
    page: Any = sign_in("hospital")
    page.goto(reverse("receive", args=[sent.pk]))
    page.locator("#id_codes").focus()
    return page


def scan(page: Any, code: str) -> None:
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def test_every_code_scanned_while_another_is_under_way_is_ticked(sign_in: Open) -> None:
    sent, codes = note_of_codes(4)
    page = at_the_scanner(sign_in, sent)
    held = Held(page, "**/scan/")
    scan(page, codes[0])
    held.until(1)
    scan(page, codes[1])
    scan(page, codes[2])
    page.keyboard.type(codes[3][:9])
    held.let_go()
    expect(page.locator("#ticks")).to_contain_text("3／4")
    # The answer to the others left the code alone that was being typed.
    expect(page.locator("#id_codes")).to_have_value(codes[3][:9])
    scan(page, codes[3][9:])
    expect(page.locator("#ticks")).to_contain_text("4／4")
    assert set(TraceCode.objects.values_list("state", flat=True)) == {"ticked"}


def test_a_code_that_did_not_reach_the_server_is_said(sign_in: Open) -> None:
    sent, codes = note_of_codes(2)
    page = at_the_scanner(sign_in, sent)
    page.route("**/scan/", lambda route: route.fulfill(status=429))
    scan(page, codes[0])
    expect(page.locator("#scan-said")).to_contain_text(f"没有核对：{codes[0]}")
    # It stays said while others are ticked, and until it was scanned itself.
    page.unroute("**/scan/")
    scan(page, codes[1])
    expect(page.locator("#ticks")).to_contain_text("1／2")
    expect(page.locator("#scan-said")).to_contain_text(f"没有核对：{codes[0]}")
    scan(page, codes[0])
    expect(page.locator("#ticks")).to_contain_text("2／2")
    expect(page.locator("#scan-said")).not_to_contain_text("没有核对")


def test_receiving_waits_for_the_codes_under_way(sign_in: Open) -> None:
    sent, codes = note_of_codes(2)
    page = at_the_scanner(sign_in, sent)
    held = Held(page, "**/scan/")
    scan(page, codes[0])
    scan(page, codes[1])
    held.until(1)
    goods.count_in(page, sent, "2")
    page.get_by_role("button", name="确认收货").click()
    page.wait_for_timeout(500)
    held.let_go()
    expect(page.get_by_text("已收货：1 项").first).to_be_visible()
    assert set(TraceCode.objects.values_list("state", flat=True)) == {"received"}


# A cart that is sent with two clicks is sent once, and says so.


def test_a_cart_is_sent_once(sign_in: Open) -> None:
    product: Product = agreed_today(parties())
    page: Any = sign_in("hospital")
    page.goto("/orders/cart/")
    goods.put_in_cart(page, product, "4")
    summary = page.locator("#cart-summary")
    expect(summary).to_contain_text("50.00")
    before = Order.objects.count()
    held = Held(page, "**/send/")
    button = summary.get_by_role("button", name="发送订单")
    button.scroll_into_view_if_needed()
    place = button.bounding_box()
    middle = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    page.mouse.click(*middle)
    held.until(1)
    page.mouse.click(*middle)
    page.wait_for_timeout(500)
    assert len(held.waiting) == 1
    held.let_go()
    expect(page.get_by_text("已发送 1 张订单").first).to_be_visible()
    assert Order.objects.count() == before + 1
