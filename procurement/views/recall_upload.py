"""A hospital reports on all its recalled lots by one sheet, prefilled with what waits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from core.lists.sheet import SheetColumn, SheetError, SheetRow
from core.transitions import Verdict
from organisations.queries.scope import Scope
from organisations.views.sheet_upload import SheetUploadView
from procurement.forms import HoldingRowForm
from procurement.operations.recalls import HolderReport, report_all
from procurement.queries.recalls import may_report, own_waiting
from procurement.rules.recall import adds_up


class HoldingsUploadView(SheetUploadView):
    """One row of the sheet is one lot by one distributor; all rows are written, or none."""

    page_title = "批量报告召回数量"
    page_note = "模板已列出等本机构报告的批号；先校验并预览，有一处错误都不写入"
    sheet_name = "召回处置数量"
    route, back_route = "recall-report-upload", "recalls"
    sheet_columns = (
        SheetColumn("recall_no", "召回编号", 26, "照模板，不改"),
        SheetColumn("lot_no", "批号", 16, "照模板，不改"),
        SheetColumn("sent_by", "配送企业信用代码", 22, "照模板，不改"),
        SheetColumn("held", "应处置", 10, "照模板，只供核对"),
        SheetColumn("kept", "封存", 10, "包装数，没有写 0"),
        SheetColumn("sent", "退回", 10, "包装数，没有写 0"),
        SheetColumn("used", "已使用", 10, "包装数，没有写 0"),
        SheetColumn("why", "差异原因", 30, "合计与应处置不符时选择"),
        SheetColumn("note", "说明", 40, "有差异时写明经过"),
    )

    def allowed(self, scope: Scope) -> Verdict:
        return may_report(scope)

    def prepare(self, rows: Sequence[SheetRow]) -> None:
        self.waiting = {
            (row.recall.recall_no, row.lot_no, row.distributor.code if row.distributor else ""): row
            for row in own_waiting(self.scope)
        }

    def row_form(self, texts: dict[str, str]) -> forms.Form:
        return HoldingRowForm(texts, waiting=self.waiting)

    def check(self, rows: Sequence[SheetRow], values: Sequence[dict[str, Any]]) -> list[SheetError]:
        errors: list[SheetError] = []
        first: dict[int, int] = {}
        for row, each in zip(rows, values, strict=True):
            holder = each["row"]
            fits = adds_up(
                held=holder.held_packs, reported=each["kept"] + each["sent"] + each["used"],
                kind=each["why"], note=each["note"],
            )  # fmt: skip
            if not fits:
                errors.append(SheetError(row.line, "差异原因", each["why"], fits.reason))
            if holder.pk in first:
                said = f"与第 {first[holder.pk]} 行是同一批号"
                errors.append(SheetError(row.line, "批号", each["lot_no"], said))
            first.setdefault(holder.pk, row.line)
        return errors

    def write(self, values: Sequence[dict[str, Any]]) -> str:
        done = report_all(
            reports=[
                HolderReport(
                    holder=each["row"], kept_packs=each["kept"], sent_back_packs=each["sent"],
                    used_packs=each["used"], difference=each["why"], note=each["note"],
                    version=each["row"].row_version,
                )
                for each in values
            ],
            by=self.user, scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return f"已报告 {len(done)} 个批号"

    def example_rows(self) -> list[list[Any]]:
        return [
            [row.recall.recall_no, row.lot_no, row.distributor.code if row.distributor else "",
             row.held_packs, "", "", "", "", ""]
            for row in own_waiting(self.scope)
        ]  # fmt: skip
