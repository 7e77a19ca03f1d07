"""Receiving and codes by a sheet, codes that travel with an ASN, and the task of who receives."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.audit.models import AuditEvent
from core.transitions import MissingInput
from inbox.models import Task
from organisations.models import User
from organisations.queries.scope import scope_of
from procurement.models import (
    CodeEvent,
    Delivery,
    DeliveryNote,
    LineProgress,
    Receipt,
    TraceCode,
)
from procurement.operations.code_shipments import ShippedCode, bind_mark
from procurement.operations.column_names import save_columns
from procurement.operations.receipts import TakenRow, receive
from procurement.operations.shipping import NoteDraft, deliver_note, ship_notes
from procurement.queries.receiving import receipt_dues
from tests.factories import organisations as people
from tests.procurement.receiving import Door
from tests.procurement.test_shipping import Depot

pytestmark = pytest.mark.django_db
MARK = "8190001"


def sheet(*rows: list[Any]) -> io.BytesIO:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    file = io.BytesIO()
    book.save(file)
    file.name = "收货.xlsx"
    file.seek(0)
    return file


def lines_of(content: bytes) -> list[list[Any]]:
    page = openpyxl.load_workbook(io.BytesIO(content)).active
    assert page is not None
    return [list(row) for row in page.iter_rows(values_only=True)]


def test_sheet_lists_what_waits_is_tried_first_and_received_whole(client: Client) -> None:
    door = Door()
    first, second = door.ship(door.line()), door.ship(door.line(), expires_on=None)
    others = door.ship(door.line(of=door.other))
    client.force_login(door.acting(door.hospital, "storekeeper")["by"])
    head, *rows = lines_of(client.get("/receipts/upload/?template=1").content)
    assert [row[2] for row in rows] == [first.delivery_no, second.delivery_no]
    assert [row[4:7] for row in rows] == [[10, 10, None]] * 2

    def send(*given: list[Any]) -> Any:
        return client.post("/receipts/upload/", {"file": sheet(head, *given)})

    # Whose row it is not, what does not add up, what was typed twice: each said at its place.
    strange = [*rows[0][:2], others.delivery_no, *rows[0][3:]]
    said = send(strange)
    assert said.status_code == 400
    assert "没有等待收货的这次配送" in said.content.decode()
    rows[0][5], rows[0][6] = 8, 1
    said = send(rows[0], rows[0])
    found = [(each["line"], each["column"]) for each in said.context["file_errors"]]
    assert found == [(2, "验收"), (3, "验收"), (3, "配送号")]
    rows[0][6], rows[0][7] = 2, "没有的"
    assert "没有这个拒收原因" in send(rows[0]).content.decode()
    assert not Receipt.objects.exists()
    rows[0][7] = "破损"
    shown = send(*rows)
    assert shown.status_code == 200, shown.content.decode()
    assert not Receipt.objects.exists()
    done = client.post("/receipts/upload/", {"token": shown.context["token"]})
    assert done.status_code == 302
    packs = Receipt.objects.order_by("pk").values_list("accepted_packs", "refused_packs")
    assert list(packs) == [(8, 2), (10, 0)]
    # Confirmed again: nothing waits any more, and nothing is written twice.
    again = client.post("/receipts/upload/", {"token": shown.context["token"]})
    assert again.status_code == 400
    assert Receipt.objects.count() == 2


def test_own_layout_of_receipts_is_read(client: Client) -> None:
    door = Door()
    sent = door.ship(door.line())
    names = {"order_no": "ordId", "line_no": "seq", "delivery_no": "shpId", "accepted": "shppCnt"}
    acting = door.acting(door.hospital)
    save_columns(kind="receipts", names=names, **acting)
    client.force_login(acting["by"])
    row = lines_of(client.get("/receipts/upload/?template=1").content)[1]
    file = sheet(["shpId", "seq", "ordId", "库房", "shppCnt"], [row[2], row[1], row[0], "A", 10])
    shown = client.post("/receipts/upload/", {"file": file})
    assert shown.status_code == 200, shown.content.decode()
    client.post("/receipts/upload/", {"token": shown.context["token"]})
    assert Receipt.objects.get().delivery_id == sent.pk


class Coded(Depot):
    """The depot's product with a mark, and the hospital's storekeeper."""

    def __init__(self) -> None:
        super().__init__(lines=2)
        maker = people.person(self.of.manufacturer, "clerk")
        user = User.objects.select_related("organisation__region__parent__parent").get(pk=maker.pk)
        bind_mark(product=self.product, mark=MARK, **self.acting(user))

    def keeper(self) -> dict[str, Any]:
        made = people.person(self.of.institution, "storekeeper")
        user = User.objects.select_related("organisation__region__parent__parent").get(pk=made.pk)
        return {"by": user, "scope": scope_of(user, timezone.localdate()), "at": timezone.now()}

    def coded(self, *numbers: int, **head: Any) -> NoteDraft:
        draft = self.draft(2, **head)
        given = tuple(ShippedCode(f"{MARK}{number:013d}") for number in numbers)
        return replace(draft, rows=(replace(draft.rows[0], codes=given), *draft.rows[1:]))


def test_codes_travel_with_the_shipment_or_nothing_is_shipped() -> None:
    depot = Coded()
    with pytest.raises(MissingInput, match="共 3 个码，多于这次配送的 2 包装"):
        ship_notes(drafts=[depot.coded(1, 2, 3)], **depot.acting())
    assert not DeliveryNote.objects.exists()
    (note,) = ship_notes(drafts=[depot.coded(1, 2, client_no="k1")], **depot.acting())
    held = TraceCode.objects.values_list("delivery_id", flat=True)
    assert set(held) == {Delivery.objects.get(delivery_no=f"{note.note_no}-1").pk}
    # The same again is the same note; other codes under its number are another content.
    assert ship_notes(drafts=[depot.coded(1, 2, client_no="k1")], **depot.acting()) == [note]
    assert TraceCode.objects.count() == 2


def test_a_hundred_coded_rows_cost_as_many_statements_as_two() -> None:
    depot = Coded()

    def ship(numbers: range) -> int:
        lines = [depot.line() for _ in numbers]
        rows = tuple(
            replace(row, codes=(ShippedCode(f"{MARK}{n:013d}", f"{MARK}9{n:012d}"),))
            for n, row in zip(numbers, depot.draft(2, lines).rows, strict=True)
        )
        with CaptureQueriesContext(connection) as asked:
            ship_notes(drafts=[NoteDraft(rows=rows)], **depot.acting())
        return len(asked)

    assert ship(range(2)) == ship(range(2, 102))
    assert TraceCode.objects.filter(is_case=False).count() == 102
    events = CodeEvent.objects.filter(kind="shipped")
    assert set(events.values_list("delivery_id", flat=True)) == set(
        Delivery.objects.values_list("pk", flat=True)
    )
    told = AuditEvent.objects.filter(action="trace_code.ship")
    assert told.count() == 102 and told.latest("pk").detail == {"codes": 1, "cases": 1}


def test_one_code_travels_in_one_row_of_what_is_shipped_together() -> None:
    depot = Coded()
    rows = depot.draft(2).rows
    code = f"{MARK}{1:013d}"

    def ship(first: ShippedCode, second: ShippedCode) -> None:
        both = tuple(
            replace(row, codes=(code,)) for row, code in zip(rows, (first, second), strict=True)
        )
        ship_notes(drafts=[NoteDraft(rows=both)], **depot.acting())

    one, two = (LineProgress.objects.get(line_id=row.line_id) for row in rows)
    with pytest.raises(
        MissingInput,
        match=f"订单行 {two} 批号 L1 第 1 行 {code} 与订单行 {one} 批号 L1 第 1 行重复",
    ):
        ship(ShippedCode(code), ShippedCode(code))
    other, case = f"{MARK}{2:013d}", f"{MARK}{3:013d}"
    with pytest.raises(
        MissingInput, match=f"订单行 {two} 批号 L1 {case} 与订单行 {one} 批号 L1的箱码重复"
    ):
        ship(ShippedCode(code, case), ShippedCode(other, case))
    with pytest.raises(
        MissingInput, match=f"订单行 {two} 批号 L1 第 1 行 {case} 与订单行 {one} 批号 L1的箱码重复"
    ):
        ship(ShippedCode(code, case), ShippedCode(case))
    assert not TraceCode.objects.exists() and not DeliveryNote.objects.exists()


def test_sheet_of_codes_names_each_fault_and_registers_all_or_none(client: Client) -> None:
    depot = Coded()
    (note,) = ship_notes(drafts=[depot.draft(2)], **depot.acting())
    client.force_login(depot.user)
    url = f"/supply/notes/{note.note_no}/codes/"
    head = ["配送号", "追溯码", "箱码"]
    one, two = f"{note.note_no}-1", f"{note.note_no}-2"
    good = [[one, f"{MARK}{1:013d}", ""], [two, f"{MARK}{2:013d}", ""]]
    wrong = [[one, "123", ""], [two, f"{MARK}{2:013d}", ""], [two, f"{MARK}{2:013d}", ""]]
    said = client.post(url, {"file": sheet(head, *wrong)})
    assert said.status_code == 400
    assert [each["line"] for each in said.context["file_errors"]] == [2, 4]
    shown = client.post(url, {"file": sheet(head, *good)})
    assert shown.status_code == 200, shown.content.decode()
    assert not TraceCode.objects.exists()
    assert client.post(url, {"token": shown.context["token"]}).status_code == 302
    assert TraceCode.objects.count() == 2
    assert "已登记发货" in client.post(url, {"file": sheet(head, *good)}).content.decode()
    assert "Excel 登记追溯码" in client.get(f"/supply/notes/{note.note_no}/").content.decode()


def test_who_receives_has_a_task_with_its_day_until_the_note_is_received() -> None:
    depot = Depot(lines=2)
    (note,) = ship_notes(drafts=[depot.draft(3)], **depot.acting())
    assert not Task.objects.filter(act="receive_note").exists()
    deliver_note(note=note, **depot.acting())
    task = Task.objects.get(act="receive_note")
    rows = list(Delivery.objects.filter(note_no=note.note_no).select_related("province"))
    due = receipt_dues(rows, timezone.localdate())[rows[0].pk]
    assert (task.organisation, task.due_at) == (depot.of.institution, due.ends_at)
    assert timezone.now() < due.ends_at < timezone.now() + timedelta(days=15)
    keeper = Coded.keeper(depot)  # type: ignore[arg-type]
    receive(rows=[TakenRow(rows[0], rows[0].packs)], **keeper)
    task.refresh_from_db()
    assert task.done_at is None
    receive(rows=[TakenRow(rows[1], rows[1].packs)], **keeper)
    task.refresh_from_db()
    assert task.done_at is not None
