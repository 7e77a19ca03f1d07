"""Codes of a 配送单 by a sheet: one row a pack, all at once or none."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from core.lists.sheet import SheetColumn, SheetError, SheetRow
from core.transitions import Verdict
from organisations.queries.scope import Scope
from organisations.views.sheet_upload import SheetUploadView
from procurement.forms.receiving import NoteCodeForm
from procurement.models import Delivery, DeliveryNote
from procurement.operations.code_shipments import (
    MOST_CODES,
    CodeLoad,
    ShippedCode,
    code_faults,
    may_ship_codes,
    ship_codes,
)
from procurement.queries.shipping import delivers, visible_note_rows
from procurement.queries.visible import visible_delivery_notes
from procurement.views.column_names import OwnLayout


class NoteCodesUploadView(OwnLayout, SheetUploadView):  # type: ignore[override]
    page_title = "Excel 登记追溯码"
    page_note = "每个最小销售包装一行，写配送号和追溯码，装箱的写箱码；有一处错误都不登记"
    sheet_name = "追溯码"
    route = "delivery-note-codes"
    max_rows = MOST_CODES
    mapping_kind = "codes"
    own_sheet_columns = (
        SheetColumn("delivery_no", "配送号", 24, "照模板，不改"),
        SheetColumn("code", "追溯码", 30, "药品 20 位；器械写 GS1 整串"),
        SheetColumn("case", "箱码", 30, "选填；医院扫箱码即核对箱内全部包装"),
    )

    def exists_for(self, scope: Scope) -> bool:
        return delivers(scope)

    def allowed(self, scope: Scope) -> Verdict:
        first = next(iter(self.sent.values()), None)
        return may_ship_codes(scope, first)

    @cached_property
    def note(self) -> DeliveryNote:
        found = visible_delivery_notes(self.scope).filter(note_no=self.kwargs["note_no"]).first()
        if found is None:
            raise Http404
        return found

    @cached_property
    def sent(self) -> dict[str, Delivery]:
        """The note's deliveries by number."""
        rows = visible_note_rows(self.scope, self.note).select_related("product").order_by("pk")
        return {row.delivery_no: row for row in rows}

    def upload_url(self) -> str:
        return reverse(self.route, args=[self.note.note_no])

    def back_url(self) -> str:
        return reverse("delivery-note", args=[self.note.note_no])

    def row_form(self, texts: dict[str, str]) -> forms.Form:
        return NoteCodeForm(texts, sent=self.sent)

    def check(self, rows: Sequence[SheetRow], values: Sequence[dict[str, Any]]) -> list[SheetError]:
        self.lines = [row.line for row in rows]
        heading = self.heading("code")
        loads = self._loads(values)
        typed = {row.line: row.cells.get("code", "")[:80] for row in rows}
        return [
            SheetError(fault.line or loads[fault.load].codes[0].line, heading,
                       typed.get(fault.line, ""), fault.words)
            for fault in code_faults(loads)
        ]  # fmt: skip

    def write(self, values: Sequence[dict[str, Any]]) -> str:
        number = ship_codes(
            loads=self._loads(values), by=self.user, scope=self.scope, at=timezone.now()
        )
        return f"已登记 {number} 个追溯码"

    def example_rows(self) -> list[list[Any]]:
        return [[number, "", ""] for number in self.sent]

    def _loads(self, values: Sequence[dict[str, Any]]) -> list[CodeLoad]:
        found: dict[int, list[ShippedCode]] = {}
        for line, each in zip(self.lines, values, strict=True):
            code = ShippedCode(each["code"], each["case"], line)
            found.setdefault(each["delivery_no"].pk, []).append(code)
        sent = {row.pk: row for row in self.sent.values()}
        return [CodeLoad(sent[key], codes) for key, codes in sorted(found.items())]
