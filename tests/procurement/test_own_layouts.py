"""Files as the 招采子系统 exports them, taken whole by API and page under the saved column names."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from organisations.models import Organisation, User
from organisations.queries.scope import scope_of
from procurement.models import (
    Cart,
    Delivery,
    DeliveryNote,
    Invoice,
    LineProgress,
    PlanLine,
    Receipt,
    ReturnRequest,
)
from procurement.operations.column_names import save_columns
from procurement.operations.plans import make_plan
from procurement.rules.column_names import FIELDS, LABELS, NATIONAL, kinds_of, names_fault
from tests.factories import organisations as people
from tests.factories import stages
from tests.procurement.order_world import Market
from tests.procurement.receiving import Door
from tests.procurement.test_receiving_by_sheet import sheet
from tests.procurement.test_shipping import Depot

pytestmark = pytest.mark.django_db
MEDLIST = "medListCode"
"""Whatever the own file calls what domain.md has no field name for is typed by hand."""


def send(client: Client, kind: str, *rows: list[Any]) -> Any:
    return client.post(reverse("api-column-layout-take", args=[kind]), {"file": sheet(*rows)})


def said(answer: Any) -> str:
    assert answer.status_code == 400, answer.content.decode()
    return "\n".join(str(each["detail"]) for each in answer.json()["errors"])


def done(answer: Any) -> str:
    assert answer.status_code == 200, answer.content.decode()
    return str(answer.json()["result"])


def keeper(of: Organisation, *roles: str) -> dict[str, Any]:
    made = people.person(of, *(roles or ("clerk",)))
    user = User.objects.select_related("organisation__region__parent__parent").get(pk=made.pk)
    return {"by": user, "scope": scope_of(user, timezone.localdate()), "at": timezone.now()}


def test_every_layout_has_words_and_columns_that_can_be_told_apart() -> None:
    assert FIELDS.keys() == LABELS.keys() == NATIONAL.keys()
    assert all(names_fault(kind, names) == "" for kind, names in NATIONAL.items())
    both = kinds_of(kind="institution", distributes=False), kinds_of(kind="x", distributes=True)
    assert {*both[0], *both[1]} == FIELDS.keys()


def test_orders_and_plans_of_the_other_system_are_taken(client: Client) -> None:
    market = Market()
    acting = market.acting(market.a)
    client.force_login(acting["by"])
    listed = client.get(reverse("api-column-layout-list")).json()
    assert [each["kind"] for each in listed] == ["orders", "plans", "receipts", "returns"]
    assert listed[0]["national"] == {"packs": "purcCnt"}
    for kind in ("orders", "plans"):
        names = {**NATIONAL[kind], "product_code": MEDLIST}
        saved = client.put(
            reverse("api-column-layout-detail", args=[kind]), {"columns": names},
            content_type="application/json",
        )  # fmt: skip
        assert saved.status_code == 200, saved.content.decode()
    head = ["purcPlanCode", "medinsCode", MEDLIST, "pubonlnPric", "purcpric", "purcCnt", "addrId"]
    row = ["CGJH1", "H1", market.selected.code, "30", "12.5", 7, "3"]
    wrong = [*row[:2], "没有的", *row[3:5], "１．５", row[6]]
    assert "“purcCnt”（１．５）" in said(send(client, "orders", head, row, wrong))
    assert "第 3 行“medListCode”（没有的）" in said(send(client, "orders", head, row, wrong))
    assert not Cart.objects.exists()
    assert done(send(client, "orders", head, row)) == "已放入 1 个产品，请核对后发送"
    (line,) = Cart.objects.get().lines.all()
    assert (line.product, line.packs) == (market.selected, 7)

    assert "编制中或退回的采购计划没有，或不止一份" in said(send(client, "plans", head, row))
    plan = make_plan(cover_days=30, urgent=False, note="", **acting)
    assert "已填写 1 份计划、1 行" in done(send(client, "plans", head, row))
    assert PlanLine.objects.get(plan=plan, product=market.selected).packs == Decimal(7)
    make_plan(cover_days=30, urgent=False, note="", **acting)
    assert "不止一份" in said(send(client, "plans", head, row))
    assert client.post(reverse("plan-upload"), {"file": sheet(head, row)}).status_code == 400


def test_receipts_and_returns_need_no_line_number_where_the_shipment_tells(client: Client) -> None:
    door = Door()
    line, second = door.line(), door.line()
    sent = door.ship(line)
    acting = door.acting(door.hospital, "clerk", "storekeeper")
    client.force_login(acting["by"])
    for kind in ("receipts", "returns"):
        more = {"reason": "retnRea", "packs": "retnCnt"} if kind == "returns" else {}
        save_columns(kind=kind, names={**NATIONAL[kind], **more}, **acting)
    head = ["ordCode", "ordDetlId", "shpId", "shpCnt", "shppCnt", "manuLotnum", "delventpCode"]
    row = [line.order.order_no, "9000001", sent.delivery_no, 10, 10, "L1", "91360000X"]
    assert "等待收货" in said(send(client, "receipts", head, [second.order.order_no, *row[1:]]))
    assert done(send(client, "receipts", head, row)) == "已收货：1 项"
    assert Receipt.objects.get().accepted_packs == 10
    assert "没有等待收货的这次配送" in said(send(client, "receipts", head, row))

    head = ["ordCode", "shpId", "retnCnt", "retnRea", "retnChkStas"]
    row = [line.order.order_no, sent.delivery_no, 3, "破损", "1"]
    assert "11" in said(send(client, "returns", head, [*row[:2], 11, *row[3:]]))
    assert "请合并" in said(send(client, "returns", head, row, row))
    assert "请写明说明" in said(send(client, "returns", head, [*row[:3], "其他", ""]))
    assert not ReturnRequest.objects.exists()
    key = {"HTTP_IDEMPOTENCY_KEY": "退货-1"}
    url = reverse("api-column-layout-take", args=["returns"])
    file = sheet(head, row)
    for _ in range(2):
        file.seek(0)
        assert done(client.post(url, {"file": file}, **key)).startswith("已申请 1 件")
    asked = ReturnRequest.objects.get()
    assert (asked.delivery_id, asked.packs, asked.kind) == (sent.pk, 3, "return")
    # Another file under the same key is no repetition of the first.
    other = client.post(url, {"file": sheet(head, [*row[:2], 1, *row[3:]])}, **key)
    assert other.status_code == 422
    # By page the same file is shown before it is written.
    shown = client.post(reverse("return-upload"), {"file": sheet(head, [*row[:2], 1, *row[3:]])})
    assert shown.status_code == 200
    client.post(reverse("return-upload"), {"token": shown.context["token"]})
    assert ReturnRequest.objects.count() == 2


def test_returns_of_others_and_of_what_was_not_received_are_refused(client: Client) -> None:
    door = Door()
    away = door.line(of=door.other)
    theirs = door.ship(away)
    own = door.line()
    waiting = door.ship(own, note_no="PSD3")
    client.force_login(door.acting(door.hospital, "storekeeper")["by"])
    head = ["订单号", "行号", "配送号", "方式", "数量", "原因", "说明"]
    row = [away.order.order_no, away.line_no, theirs.delivery_no, "退货", 1, "破损", ""]
    assert "本机构没有这次配送" in said(send(client, "returns", head, row))
    row = [own.order.order_no, own.line_no, waiting.delivery_no, "换货", 1, "破损", ""]
    assert "还没有收货" in said(send(client, "returns", head, row))
    assert client.get(reverse("return-upload") + "?template=1").status_code == 200
    assert not ReturnRequest.objects.exists()


def test_a_loaded_line_without_progress_is_told_about_and_left_as_it_is(client: Client) -> None:
    door = Door()
    line = door.line()
    sent = stages.delivery(
        line=line, packs=10, shipped_at=stages.SENT, recorded_at=stages.SENT,
        delivered_at=stages.SENT + timedelta(days=1),
    )  # fmt: skip
    row = [line.order.order_no, line.line_no, sent.delivery_no, "退货", 1, "破损", ""]
    client.force_login(door.acting(door.hospital, "storekeeper")["by"])
    head = ["订单号", "行号", "配送号", "方式", "数量", "原因", "说明"]
    assert "还没有收货" in said(send(client, "returns", head, row))
    assert not LineProgress.objects.filter(line_id=line.pk).exists()


def test_shipments_and_invoices_of_an_erp_are_taken(client: Client) -> None:
    depot = Depot(lines=2)
    acting = depot.acting()
    client.force_login(depot.user)
    names = {**NATIONAL["shipments"], "product": MEDLIST, "expires_on": "expyEnddate"}
    save_columns(kind="shipments", names=names, **acting)
    order = depot.lines[0].order
    head = ["ordCode", MEDLIST, "shpCnt", "manuLotnum", "expyEnddate", "prodentpCode"]
    row = [order.order_no, depot.product.code, 10, "L9", "2030-01-31", "91M"]
    assert "没有行号的写产品" in said(send(client, "shipments", head, [row[0], "没有", *row[2:]]))
    assert "“shpCnt”" in said(send(client, "shipments", head, [*row[:2], 11, *row[3:]]))
    assert done(send(client, "shipments", head, row)) == "已发货 1 行，配送单 1 张"
    note = DeliveryNote.objects.get()
    assert Delivery.objects.get().lot_no == "L9"
    # A second file of its own is a second shipping, not the first again.
    row = [depot.lines[1].order.order_no, *row[1:]]
    assert done(send(client, "shipments", head, row)) == "已发货 1 行，配送单 1 张"
    assert DeliveryNote.objects.count() == 2

    save_columns(kind="invoices", names={"note_no": "psdh", "invoice_no": "fphm"}, **acting)
    total = f"{Delivery.objects.get(note_no=note.note_no).unit_price * 10:.2f}"
    head = ["psdh", "fphm", "开票日期", "购买方识别号", "金额（不含税）", "税额", "价税合计"]
    row = [note.note_no, "1" * 20, f"{timezone.localdate():%Y-%m-%d}", "91360000MA35XX1234",
           total, "0", total]  # fmt: skip
    assert "“fphm”" in said(send(client, "invoices", head, row, row))
    assert not Invoice.objects.exists()
    assert done(send(client, "invoices", head, row)) == "已登记 1 张发票"


def test_codes_come_with_their_note_and_layouts_are_the_own_ones(client: Client) -> None:
    depot = Depot(lines=1)
    client.force_login(depot.user)
    assert "receiving/codes" in said(send(client, "codes", ["追溯码"], ["1"]))
    assert send(client, "receipts", ["订单号"], ["1"]).status_code == 404
    client.force_login(keeper(depot.of.institution, "accountant")["by"])
    assert send(client, "receipts", ["订单号"], ["1"]).status_code == 403
    put = client.put(
        reverse("api-column-layout-detail", args=["receipts"]), {"columns": {"accepted": "验"}},
        content_type="application/json",
    )  # fmt: skip
    assert put.status_code == 403
