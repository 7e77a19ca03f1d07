"""Inputs of 结余留用 by form, sheet and API: checked by row, with their source, all or nothing."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.audit.models import AuditEvent
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from settlement.models import RetentionInput, RetentionRun
from settlement.operations.retention_inputs import InputRow, enter_retention_inputs
from settlement.views.retention_inputs import InputUploadView
from tests.factories import catalog as make
from tests.factories.retention import retention_run
from tests.settlement.trade import Trade

pytestmark = pytest.mark.django_db


class Inputs(Trade):
    def __init__(self) -> None:
        super().__init__()
        self.year = make.agreement_year(batch=self.batch)
        self.groups = [make.group() for _ in range(2)]
        self.client = Client()
        self.client.force_login(self.acting(self.bureau, "clerk")["by"])

    def row(self, place: int = 0, price: str = "1.10", **changes: Any) -> InputRow:
        values: dict[str, Any] = {
            "year": self.year, "pool": self.pool, "group": self.groups[place],
            "baseline_price": Decimal(price), "fund_share_before": Decimal("0.6"),
            "fund_share": Decimal("0.6"), "insured_share": Decimal("0.9"), "source": "医保统计年报",
        }  # fmt: skip
        return InputRow(**values | changes)

    def enter(self, *rows: InputRow, **more: Any) -> int:
        return enter_retention_inputs(rows=rows, **self.acting(self.bureau, "clerk"), **more)

    def cells(self, place: int = 0, **changes: str) -> list[str]:
        values = {
            "batch_code": self.batch.code, "year_no": "1", "pool_code": self.pool.code,
            "group_code": self.groups[place].code, "baseline_price": "1.10",
            "fund_share_before": "0.6", "fund_share": "0.6", "insured_share": "0.9",
            "source": "医保统计年报",
        }  # fmt: skip
        return list((values | changes).values())

    def upload(self, *lines: list[str]) -> Any:
        held = io.BytesIO()
        book = xlsxwriter.Workbook(held)
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [column.heading for column in InputUploadView.sheet_columns])
        for place, line in enumerate(lines, start=1):
            sheet.write_row(place, 0, line)
        book.close()
        file = SimpleUploadedFile("数据.xlsx", held.getvalue())
        return self.client.post("/settlement/retention/inputs/upload/", {"file": file})


def test_entered_corrected_and_told() -> None:
    trade = Inputs()
    assert trade.enter(trade.row(), trade.row(1)) == 2
    assert trade.enter(trade.row(), trade.row(1)) == 0
    assert trade.enter(trade.row(price="1.20", source="更正函")) == 1
    row = RetentionInput.objects.get(group=trade.groups[0])
    assert (row.baseline_price, row.source, row.row_version) == (Decimal("1.20"), "更正函", 2)
    told = AuditEvent.objects.filter(action="retention_input.set").order_by("pk")
    assert [event.detail["changed"] for event in told] == [0, 1]
    assert told[1].detail["rows"][0]["before"]["baseline_price"] == "1.1"
    with pytest.raises(StaleVersion):
        trade.enter(trade.row(price="1.30"), seen_version=1)
    with pytest.raises(MissingInput, match="来源"):
        trade.enter(trade.row(source=" "))
    with pytest.raises(MissingInput, match="两次"):
        trade.enter(trade.row(), trade.row(price="2"))
    for office in (trade.agency, trade.jia):
        with pytest.raises(NotYours):
            enter_retention_inputs(rows=[trade.row()], **trade.acting(office))
    with pytest.raises(NotYours, match="本级统筹区"):
        trade.enter(trade.row(pool=Trade().pool))


def test_frozen_with_the_countersignature() -> None:
    trade = Inputs()
    run: RetentionRun = retention_run(
        batch=trade.batch, year_no=1, pool=trade.pool, state="countersigned",
        published_at=trade.acting(trade.bureau)["at"], appeal_due_on=date(2026, 1, 20),
        notice_from=date(2026, 2, 1), notice_to=date(2026, 2, 8),
    )  # fmt: skip
    with pytest.raises(TransitionRefused, match="财政已会签"):
        trade.enter(trade.row())
    assert run.state == "countersigned"


def test_by_sheet_errors_by_row_then_all_at_once() -> None:
    trade = Inputs()
    wrong = (
        {"group_code": "无此"}, {"pool_code": "无此"}, {"year_no": "9"}, {"fund_share": "1.0001"},
        {"baseline_price": "-1"}, {"insured_share": "0.12345"}, {"source": ""},
        {"baseline_price": "1_0"}, {"fund_share_before": "６"},
    )  # fmt: skip
    answer = trade.upload(trade.cells(), *(trade.cells(1, **each) for each in wrong))
    assert answer.status_code == 400
    assert {each["line"] for each in answer.context["file_errors"]} == set(range(3, 12))
    answer = trade.upload(trade.cells(), trade.cells())
    assert "与第 2 行重复" in answer.content.decode()
    assert not RetentionInput.objects.exists()
    shown = trade.upload(trade.cells(), trade.cells(1, fund_share=""))
    assert shown.status_code == 200
    address = "/settlement/retention/inputs/upload/"
    done = trade.client.post(address, {"token": shown.context["token"]}, follow=True)
    assert "已写入 2 行" in done.content.decode()
    assert RetentionInput.objects.get(group=trade.groups[1]).fund_share is None


def test_by_form_with_what_is_there() -> None:
    trade = Inputs()
    trade.enter(trade.row())
    address = "/settlement/retention/inputs/edit/"
    named = dict(
        zip(("batch_code", "year_no", "pool_code", "group_code"), trade.cells(), strict=False)
    )
    page = trade.client.get(address, named)
    assert "医保统计年报" in page.content.decode()
    posted = {**named, "baseline_price": "1.30", "source": "更正函", "version": "1"}
    assert trade.client.post(address, posted).status_code == 302
    row = RetentionInput.objects.get()
    assert (row.baseline_price, row.fund_share, row.row_version) == (Decimal("1.30"), None, 2)
    assert trade.client.post(address, posted | {"baseline_price": "1.4"}).status_code == 409
    assert trade.client.post(address, posted | {"group_code": "无此"}).status_code == 400
    listed = trade.client.get("/settlement/retention/inputs/", {"batch": trade.batch.code})
    assert "更正函" in listed.content.decode()
