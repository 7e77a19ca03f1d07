"""Returns and exchanges by a sheet, as the own or the earlier system lists them: all or none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from core.lists.sheet import SheetColumn, SheetError, SheetRow
from core.transitions import MissingInput, Verdict
from organisations.queries.scope import Scope
from organisations.views.sheet_upload import SheetUploadView
from procurement.forms.receiving import ReturnRowForm
from procurement.operations.return_requests import AskedReturn, ask_returns, asked_faults
from procurement.queries.receiving import deliveries_named
from procurement.queries.return_requests import may_ask
from procurement.views.column_names import OwnLayout

MOST_ROWS = 200


class ReturnUploadView(OwnLayout, SheetUploadView):  # type: ignore[override]
    """A row asks for packs of one received delivery; the distributors answer each by itself."""

    page_title = "Excel 申请退换货"
    page_note = "每行退一次配送的包装；先校验并预览，有一处错误都不申请。配送企业逐件确认"
    sheet_name = "退换货"
    route, back_route = "return-upload", "returns"
    max_rows = MOST_ROWS
    mapping_kind = "returns"
    own_sheet_columns = (
        SheetColumn("order_no", "订单号", 24, ""),
        SheetColumn("line_no", "行号", 8, "配送号在订单中只有一次的可不填"),
        SheetColumn("delivery_no", "配送号", 24, "已收货的配送"),
        SheetColumn("kind", "方式", 10, "退货或换货；空为退货"),
        SheetColumn("packs", "数量", 10, "包装数"),
        SheetColumn("reason", "原因", 20, "如破损、近效期、召回"),
        SheetColumn("words", "说明", 36, "原因为其他的必填"),
    )

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_business and scope.kind == "institution"

    def allowed(self, scope: Scope) -> Verdict:
        return may_ask(scope)

    def prepare(self, rows: Sequence[SheetRow]) -> None:
        keys = [(r.cells.get("order_no", ""), 0, r.cells.get("delivery_no", "")) for r in rows]
        found = deliveries_named(self.scope, keys)
        own = self.scope.institution_ids
        self.received = {key: row for key, row in found.items() if row.institution_id in own}

    def row_form(self, texts: dict[str, str]) -> forms.Form:
        return ReturnRowForm(texts, received=self.received)

    def check(self, rows: Sequence[SheetRow], values: Sequence[dict[str, Any]]) -> list[SheetError]:
        first: dict[int, int] = {}
        errors: list[SheetError] = []
        faults = asked_faults([_asked(each) for each in values])
        for row, each, fault in zip(rows, values, faults, strict=True):
            if fault is not None:
                field = fault.field if isinstance(fault, MissingInput) else "delivery_no"
                errors.append(
                    SheetError(
                        row.line, self.heading(field), row.cells.get(field, ""), fault.reason
                    )
                )
            pk = each["delivery"].pk
            if pk in first:
                said = f"与第 {first[pk]} 行是同一次配送，请合并"
                number = each["delivery"].delivery_no
                errors.append(SheetError(row.line, self.heading("delivery_no"), number, said))
            first.setdefault(pk, row.line)
        return errors

    def write(self, values: Sequence[dict[str, Any]]) -> str:
        done = ask_returns(
            rows=[_asked(each) for each in values], by=self.user, scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        return f"已申请 {len(done)} 件，等配送企业确认"


def _asked(values: dict[str, Any]) -> AskedReturn:
    names = ("delivery", "packs", "kind", "reason", "words")
    return AskedReturn(**{name: values[name] for name in names})
