"""Receiving by a sheet: what waits is prefilled; all rows are received at once, or none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from core.lists.sheet import SheetColumn, SheetError, SheetRow
from core.transitions import Verdict
from core.workdays.deadlines import shanghai_day
from organisations.queries.scope import Scope
from organisations.views.sheet_upload import SheetUploadView
from procurement.forms.receiving import ReceiptRowForm
from procurement.models import Delivery
from procurement.operations.receipts import TakenRow, receive, taken_fault
from procurement.queries.receiving import may_receive, waiting_deliveries, waiting_named
from procurement.queries.reconciling import with_numbers
from procurement.views.column_names import OwnLayout

MOST_ROWS = 500


class ReceiptUploadView(OwnLayout, SheetUploadView):  # type: ignore[override]
    """A row is one delivery of one order line; codes are ticked off at the door as before."""

    page_title = "Excel 收货"
    page_note = (
        "模板已列出等待收货的配送，验收数按配送数预填；少收的填拒收和原因。先校验并预览，"
        "有一处错误都不收货。要求采集追溯码的药品，先在收货页扫码"
    )
    sheet_name = "收货"
    route, back_route = "receipt-upload", "receipts"
    max_rows = MOST_ROWS
    mapping_kind = "receipts"
    own_sheet_columns = (
        SheetColumn("order_no", "订单号", 24, "照模板，不改"),
        SheetColumn("line_no", "行号", 8, "照模板，不改"),
        SheetColumn("delivery_no", "配送号", 24, "照模板，不改"),
        SheetColumn("product", "产品", 36, "只供核对"),
        SheetColumn("packs", "配送包装数", 12, "只供核对"),
        SheetColumn("accepted", "验收", 10, "包装数；这次不收的行删去"),
        SheetColumn("refused", "拒收", 10, "没有的留空；验收加拒收等于配送数"),
        SheetColumn("reason", "拒收原因", 16, "有拒收的填写，如破损、数量不符"),
        SheetColumn("words", "说明", 28, "原因为其他的必填"),
        SheetColumn("lot_no", "实物批号", 18, "与配送单不同的填写"),
        SheetColumn("expires_on", "实物有效期至", 14, "与配送单不同的填写，如 2027-06-30"),
    )

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_business and scope.kind == "institution"

    def allowed(self, scope: Scope) -> Verdict:
        return may_receive(scope)

    def prepare(self, rows: Sequence[SheetRow]) -> None:
        numbers = {row.cells.get("order_no", "") for row in rows}
        self.waiting = waiting_named(self.scope, numbers)

    def row_form(self, texts: dict[str, str]) -> forms.Form:
        return ReceiptRowForm(texts, waiting=self.waiting)

    def check(self, rows: Sequence[SheetRow], values: Sequence[dict[str, Any]]) -> list[SheetError]:
        today = shanghai_day(timezone.now())
        first: dict[int, int] = {}
        errors: list[SheetError] = []
        for row, each in zip(rows, values, strict=True):
            sent: Delivery = each["delivery"]
            fault = taken_fault(_taken(each), sent, today)
            if fault is not None:
                field, verdict = fault
                value = row.cells.get(field, "")
                errors.append(SheetError(row.line, self.heading(field), value, verdict.reason))
            if sent.pk in first:
                said = f"与第 {first[sent.pk]} 行是同一次配送，请合并"
                errors.append(
                    SheetError(row.line, self.heading("delivery_no"), sent.delivery_no, said)
                )
            first.setdefault(sent.pk, row.line)
        return errors

    def write(self, values: Sequence[dict[str, Any]]) -> str:
        done = receive(
            rows=[_taken(each) for each in values], by=self.user, scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        return f"已收货：{len(done)} 项"

    def example_rows(self) -> list[list[Any]]:
        own = waiting_deliveries(self.scope).filter(institution__in=self.scope.institution_ids)
        waiting = with_numbers(own).order_by("recorded_at", "id")[:MOST_ROWS]
        return [
            [row.order_no, row.line_no, row.delivery_no, str(row.product), row.packs,  # type: ignore[attr-defined]
             row.packs, "", "", "", "", ""]
            for row in waiting
        ]  # fmt: skip


def _taken(values: dict[str, Any]) -> TakenRow:
    names = ("delivery", "accepted", "refused", "reason", "words", "lot_no", "expires_on")
    return TakenRow(**{name: values[name] for name in names})
