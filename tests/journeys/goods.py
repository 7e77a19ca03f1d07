"""What people do with goods in the browser, from the cart to the shelf and back again."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.urls import reverse
from playwright.sync_api import expect

from catalog.models import AgreementYear, Batch, ListedPrice, Product
from core.workdays.deadlines import day_end
from procurement.models import Delivery, DeliveryNote, LineProgress, Order, Return, ReturnRequest
from tests.factories import catalog as make
from tests.factories import ordering, stages
from tests.factories.stages import Parties

WAIT = 40_000
"""Milliseconds, for a page of a busy machine."""


def agreed(of: Parties, batch: Batch, prices: Mapping[str, str]) -> list[Product]:
    """Selected products by name, agreed between these three from the batch's first day; yuan a pack."""
    AgreementYear.objects.get_or_create(
        batch=batch, year_no=1,
        defaults={"starts_on": batch.effective_on, "ends_on": batch.ends_on},
    )  # fmt: skip
    region = of.institution.region
    assert region is not None
    ordering.receiving_place(of.institution, name="中心药库", is_default=True)
    signed, found = day_end(batch.effective_on), []
    for name, price in prices.items():
        product = make.product(
            manufacturer=of.manufacturer, name=name, group=make.group(), category="drug"
        )
        make.listing(product=product)
        ListedPrice.objects.create(
            product=product, price="30", valid_from=batch.effective_on, source="测试"
        )
        make.selection(batch=batch, product=product, region=region.parent or region, price=price)
        stages.agreement_line(
            of, batch=batch, product=product, agreed_qty=100, price=price,
            institution_signed_at=signed, manufacturer_signed_at=signed,
            distributor_signed_at=signed,
        )  # fmt: skip
        found.append(product)
    return found


def put_in_cart(clerk: Any, product: Product, packs: str) -> None:
    """Typed and left, as the page saves it."""
    field = clerk.get_by_label(f"{product}的包装数")
    field.fill(packs)
    field.blur()


def send_order(clerk: Any, total: str) -> Order:
    """The cart as it stands, once it says this total of yuan."""
    summary = clerk.locator("#cart-summary")
    expect(summary).to_contain_text(total, timeout=WAIT)
    summary.get_by_role("button", name="发送订单").click()
    expect(clerk.get_by_text("已发送 1 张订单").first).to_be_visible(timeout=WAIT)
    clerk.wait_for_load_state()
    return Order.objects.latest("pk")


def _tick(sender: Any, stage: str, order: Order, act: str) -> list[LineProgress]:
    """Chooses all lines of an order in the distributor's queue for one act."""
    lines = list(LineProgress.objects.filter(order=order).order_by("line_no"))
    sender.goto(f"/supply/queue/?stage={stage}")
    for line in lines:
        sender.locator(f"input[name=ids][value='{line.line_id}']").check()
    sender.get_by_role("button", name=act, exact=True).click()
    return lines


def confirm_lines(sender: Any, order: Order) -> list[LineProgress]:
    lines = _tick(sender, "answer", order, "确认")
    sender.get_by_role("button", name=f"确认 {len(lines)} 行").click(timeout=WAIT)
    expect(sender.get_by_text(f"已确认 {len(lines)} 行").first).to_be_visible(timeout=WAIT)
    sender.wait_for_load_state()
    return lines


def open_shipping(sender: Any, order: Order) -> Any:
    """The page on which the order's lines leave; gives its button."""
    lines = _tick(sender, "ship", order, "发货")
    return sender.get_by_role("button", name=f"发货 {len(lines)} 行，配送单 1 张")


def fill_lot(sender: Any, product: Product, lot_no: str) -> None:
    sender.get_by_label(f"{product} 的批号").fill(lot_no)
    sender.get_by_label(f"{product} 的有效期").fill("2029-06-30")


def deliver(sender: Any) -> DeliveryNote:
    """What was sent off just now arrives."""
    expect(sender.get_by_text("已发货，配送单").first).to_be_visible(timeout=WAIT)
    sender.wait_for_load_state()
    sender.get_by_role("button", name="登记送达").first.click()
    expect(sender.get_by_text("已登记送达").first).to_be_visible(timeout=WAIT)
    return DeliveryNote.objects.latest("pk")


def open_note(clerk: Any, note: DeliveryNote) -> Any:
    """Found by its number at the door; gives the button that takes it in."""
    clerk.goto("/receipts/")
    clerk.fill("#id_q", note.note_no)
    clerk.get_by_role("button", name="打开").click()
    take = clerk.get_by_role("button", name="确认收货")
    expect(take).to_be_visible(timeout=WAIT)
    clerk.wait_for_load_state()
    return take


def count_in(clerk: Any, sent: Delivery, accepted: str, refused: str = "0") -> None:
    """Packs taken and packs refused of one delivery of the note; what is refused is damaged."""
    clerk.fill(f"input[name=accepted_{sent.pk}]", accepted)
    clerk.fill(f"input[name=refused_{sent.pk}]", refused)
    if Decimal(refused):
        clerk.select_option(f"select[name=reason_{sent.pk}]", "damaged")


def correct(clerk: Any, sent: Delivery, accepted: str, refused: str, words: str) -> None:
    """What was taken in of a delivery is put right."""
    clerk.goto(reverse("receipt", args=[sent.pk]))
    form = clerk.locator("#correct")
    for name, value in {"accepted": accepted, "refused": refused, "words": words}.items():
        form.locator(f"[name={name}]").fill(value)
    form.get_by_role("button", name="更正", exact=True).click()
    expect(clerk.get_by_text("已更正，收货序号").first).to_be_visible(timeout=WAIT)


def send_back(clerk: Any, sender: Any, sent: Delivery, packs: str) -> Return:
    """The hospital asks, the distributor agrees: only then are the packs gone."""
    clerk.goto(reverse("receipt", args=[sent.pk]))
    form = clerk.locator("#return")
    form.locator("[name=packs]").fill(packs)
    form.get_by_role("button", name="申请", exact=True).click()
    expect(clerk.get_by_text("等配送企业确认").first).to_be_visible(timeout=WAIT)
    asked = ReturnRequest.objects.latest("pk")
    assert not Return.objects.filter(return_no=asked.request_no).exists()
    sender.goto(reverse("return", args=[asked.request_no]))
    sender.locator("#confirm").get_by_role("button", name="确认退货").click()
    expect(sender.get_by_text("已办理").first).to_be_visible(timeout=WAIT)
    return Return.objects.get(return_no=asked.request_no)
