"""Shipping by a sheet: tried first, all or nothing, with codes and the record of the cold chain."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from procurement.models import Delivery, DeliveryNote, LineProgress, OrderLine, TraceCode
from procurement.operations.shipping import ship_notes
from procurement.views.ship_upload import ShipUploadView
from tests.procurement.test_receiving_by_sheet import MARK, Coded, lines_of, sheet

pytestmark = pytest.mark.django_db
HEADINGS = [column.heading for column in ShipUploadView.own_sheet_columns]


def shipped_row(line: OrderLine, packs: object, lot: str, **more: object) -> list[Any]:
    label = LineProgress.objects.get(line_id=line.pk)
    given = {
        "订单号": label.order.order_no, "行号": label.line_no, "本次发货": packs, "批号": lot,
        "有效期至": "2030-01-01", **more,
    }  # fmt: skip
    return [given.get(heading, "") for heading in HEADINGS]


COLD = {"冷链设备编号": "箱07", "启运最低温": "2.5", "启运最高温": "6"}


def test_sheet_ships_with_codes_and_keeps_what_was_cooled_apart(client: Client) -> None:
    depot = Coded()
    client.force_login(depot.user)
    url = "/supply/queue/upload/"
    listed = lines_of(client.get(f"{url}?template=1").content)
    assert (listed[0], len(listed)) == (HEADINGS, 1 + len(depot.lines))
    codes = "\n".join(f"{MARK}{number:013d}" for number in (1, 2))
    first, *others = depot.lines
    rows = [
        shipped_row(first, 2, "L1", 追溯码=codes, 承运单位="自有车队", 发票号="FP1"),
        *(shipped_row(line, 3, "L2", 车牌号="赣A1", **COLD) for line in others),
    ]
    shown = client.post(url, {"file": sheet(HEADINGS, *rows)})
    assert shown.status_code == 200, shown.content.decode()
    assert not DeliveryNote.objects.exists()
    for _ in range(2):
        # Pressed twice, it is one shipping.
        done = client.post(url, {"token": shown.context["token"]})
        assert done.status_code == 302, done.content.decode()
    warm, cold = DeliveryNote.objects.order_by("row_count")
    assert (warm.carrier, warm.invoice_no, warm.cold_chain, warm.row_count) == (
        "自有车队", "FP1", False, 1,
    )  # fmt: skip
    assert (cold.cold_chain, cold.cold_device, cold.highest_celsius, cold.row_count) == (
        True, "箱07", Decimal(6), len(others),
    )  # fmt: skip
    sent = Delivery.objects.get(note_no=warm.note_no)
    assert set(TraceCode.objects.values_list("delivery_id", flat=True)) == {sent.pk}


@pytest.mark.parametrize(
    ("packs", "lot", "more", "said"),
    [
        (0, "L1", {}, "不能小于"), (-1, "L1", {}, "不能小于"), ("1.5", "L1", {}, "按整包装发货"),
        ("３", "L1", {}, "请填写数字"), (11, "L1", {}, "最多还可发 10 包装"),
        (1, "", {}, "请填写批号"), (1, "L1", {"有效期至": "2020-01-01"}, "已过期"),
        (1, "L1", {"订单号": "没有"}, "工作台里没有这个订单行"),
        (1, "L1", {"启运最低温": "2"}, "请填写设备编号"),
        (1, "L1", COLD | {"启运最高温": "1"}, "最低不高于最高"),
    ],
)  # fmt: skip
def test_wrong_row_of_a_sheet_ships_nothing_and_is_named(
    packs: object, lot: str, more: dict[str, str], said: str, client: Client
) -> None:
    depot = Coded()
    client.force_login(depot.user)
    good = shipped_row(depot.lines[0], 1, "L1")
    wrong = shipped_row(depot.lines[1], packs, lot, **more)
    shown = client.post("/supply/queue/upload/", {"file": sheet(HEADINGS, good, wrong)})
    assert shown.status_code == 400
    (error,) = shown.context["file_errors"]
    assert (error["line"], said in error["message"]) == (3, True), error
    assert not DeliveryNote.objects.exists()


@pytest.mark.parametrize("code", ["123", int(f"{MARK}{1:013d}")])
def test_wrong_code_of_a_sheet_is_told_by_its_line(code: object, client: Client) -> None:
    """A code in a cell of numbers has lost its last digits: it is none, whatever they would be."""
    depot = Coded()
    client.force_login(depot.user)
    rows = [
        shipped_row(depot.lines[0], 1, "L1"), shipped_row(depot.lines[1], 1, "L1", 追溯码=code),
    ]  # fmt: skip
    shown = client.post("/supply/queue/upload/", {"file": sheet(HEADINGS, *rows)})
    assert shown.status_code == 400
    (error,) = shown.context["file_errors"]
    assert (error["line"], error["column"]) == (3, "追溯码")
    assert not DeliveryNote.objects.exists()


def test_one_answer_tells_what_cannot_be_read_and_what_breaks_a_rule(client: Client) -> None:
    """A row that cannot be read hides nothing that is wrong with the others."""
    depot = Coded()
    client.force_login(depot.user)
    first, second = depot.lines
    code = f"{MARK}{1:013d}"
    rows = [
        shipped_row(first, "三", "L1"), shipped_row(first, 11, "L2"),
        shipped_row(second, 1, "L3", 追溯码=code), shipped_row(second, 1, "L4", 追溯码=code),
        shipped_row(second, 1, "L5", 有效期至="2020-01-01"),
    ]  # fmt: skip
    shown = client.post("/supply/queue/upload/", {"file": sheet(HEADINGS, *rows)})
    found = [(each["line"], each["column"]) for each in shown.context["file_errors"]]
    assert found == [(2, "本次发货"), (3, "本次发货"), (5, "追溯码"), (6, "批号")]
    assert "与第 4 行重复" in shown.context["file_errors"][2]["message"]
    # What others did between the preview and the press is told then.
    right = [shipped_row(first, 3, "L1"), shipped_row(second, 1, "L3", 追溯码=code)]
    shown = client.post("/supply/queue/upload/", {"file": sheet(HEADINGS, *right)})
    ship_notes(drafts=[depot.coded(1)], **depot.acting())
    done = client.post("/supply/queue/upload/", {"token": shown.context["token"]})
    assert done.status_code == 409
    assert DeliveryNote.objects.count() == 1
