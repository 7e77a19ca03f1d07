"""The bank: what was asked of it, the file that asks, the answer that books."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from core.lists.sheet import SheetColumn, SheetError, SheetRow
from core.lists.workbook import workbook_response
from core.transitions import Refusal, Verdict
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedView
from organisations.views.sheet_upload import SheetUploadView
from settlement.filters import BankOrderFilter
from settlement.forms.statements import BankAnswerForm
from settlement.models import BankOrder
from settlement.operations.statements.bank import export_bank_orders, read_bank_answer
from settlement.operations.statements.bank_rows import BankRow
from settlement.queries.statement_page import bank_orders
from settlement.queries.statements import may_pay
from settlement.tables.statements import BANK_ORDER_COLUMNS

HEADINGS = (
    ("付款编号", 30),
    ("收款单位", 32),
    ("统一社会信用代码", 22),
    ("金额", 16),
    ("用途", 30),
)


def looks_after_money(scope: Scope) -> bool:
    """The pool's agency, and the bureaus and finance offices over it."""
    return scope.is_business and scope.kind in ("agency", "bureau", "finance")


class BankOrderListView(FilteredListView):
    page_title = "银行付款"
    page_note = "已批准结算单的未付金额送银行，按银行回单入账；重复导入同一回单不会重复入账；被银行退汇的款项重新待付"
    filterset_class = BankOrderFilter
    columns = BANK_ORDER_COLUMNS
    default_sort = "-exported"
    route, export_route, sheet_name = "bank-orders", "bank-orders-export", "银行付款"
    bar = ("stage",)
    search_hint = "收款企业、付款编号、流水号"
    empty_text = "还没有送银行的付款，或不在您的查看范围内。"

    def exists_for(self, scope: Scope) -> bool:
        return looks_after_money(scope)

    def everything(self, scope: Scope) -> QuerySet[BankOrder]:
        return bank_orders(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actions: list[dict[str, Any]] = []
        if may_pay(self.scope):
            actions = [
                {"label": "导出送银行文件", "url": reverse("bank-file"), "method": "post",
                 "kind": "primary", "download": True},
                {"label": "导入银行回单", "url": reverse("bank-answer")},
            ]  # fmt: skip
        return super().get_context_data(actions=actions, **kwargs)


class BankOrderExportView(ExportMixin, BankOrderListView):
    pass


class BankFileView(ScopedView):
    """POST: everything that is to be paid now, as Excel, or as CSV with ?format=csv."""

    http_method_names = ["post"]

    def exists_for(self, scope: Scope) -> bool:
        return looks_after_money(scope)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        now = timezone.now()
        try:
            orders = export_bank_orders(by=self.user, scope=self.scope, at=now)
        except Refusal as refusal:
            return refusal_page(request, refusal)
        name = f"送银行付款_{timezone.localdate(now):%Y%m%d}"
        rows = [file_row(order) for order in orders]
        if request.GET.get("format") != "csv":
            return workbook_response(name=name, columns=HEADINGS, rows=rows)
        text = io.StringIO()
        csv.writer(text).writerows([[heading for heading, _ in HEADINGS], *rows])
        response = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv")
        response["Content-Disposition"] = content_disposition_header(True, f"{name}.csv") or ""
        return response


def file_row(order: BankOrder) -> list[Any]:
    """One row of the file for the bank."""
    row = order.statement
    use = f"集采货款 {row.month:%Y-%m} {row.statement_no}"
    return [order.order_no, row.payee.name, row.payee.code, order.amount, use]


class BankAnswerView(SheetUploadView):
    page_title = "导入银行回单"
    page_note = (
        "Excel 或 CSV；先检查后写入，有一行错误则全部不写入；同一回单再次导入不会重复入账；"
        "付款成功后又被退回的，结果填“退汇”"
    )
    sheet_name = "银行付款"
    route, back_route = "bank-answer", "bank-orders"
    max_rows = 10_000
    csv_too = True
    sheet_columns = (
        SheetColumn("order_no", "付款编号", 30, "送银行文件中的付款编号"),
        SheetColumn("amount", "金额", 16, "实际付款金额，元；退汇的等于已付金额"),
        SheetColumn("paid_on", "付款日期", 14, "如 2026-04-10；退汇的填退回日期"),
        SheetColumn("bank_ref", "银行流水号", 24, "付款成功和退汇的必填"),
        SheetColumn("result", "结果", 10, "成功、失败或退汇"),
        SheetColumn("words", "说明", 30, "失败或退汇的原因；退汇的必填"),
    )

    def exists_for(self, scope: Scope) -> bool:
        return looks_after_money(scope)

    def allowed(self, scope: Scope) -> Verdict:
        return may_pay(scope)

    def row_form(self, texts: dict[str, str]) -> forms.Form:
        return BankAnswerForm(texts)

    def check(self, rows: Sequence[SheetRow], values: Sequence[dict[str, Any]]) -> list[SheetError]:
        given = _bank_rows(values, [row.line for row in rows])
        cells = {row.line: row.cells for row in rows}
        fields = {column.heading: column.field for column in self.sheet_columns}
        result = read_bank_answer(
            rows=given, apply=False, by=self.user, scope=self.scope, at=timezone.now()
        )
        return [
            SheetError(
                each.number,
                each.column,
                cells[each.number].get(fields[each.column], ""),
                each.reason,
            )
            for each in result.errors
        ]

    def write(self, values: Sequence[dict[str, Any]]) -> str:
        result = read_bank_answer(
            rows=_bank_rows(values, range(2, len(values) + 2)), apply=True, by=self.user,
            scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return (
            f"已入账 {result.paid} 笔共 {result.amount:,.2f} 元，失败 {result.failed} 笔，"
            f"退汇 {result.returned} 笔，此前已入账 {result.repeated} 笔"
        )


def _bank_rows(values: Sequence[dict[str, Any]], lines: Sequence[int]) -> list[BankRow]:
    return [
        BankRow(
            number=line, order_no=each["order_no"], amount=each["amount"], paid_on=each["paid_on"],
            bank_ref=each["bank_ref"], succeeded=each["result"] == "done", words=each["words"],
            returned=each["result"] == "returned",
        )
        for line, each in zip(lines, values, strict=True)
    ]  # fmt: skip
