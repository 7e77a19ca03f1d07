"""发票: the list, one invoice with its goods, its pair and its red ones, a form, a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.queries.steps import steps_of
from catalog.views.quality import OneFormView
from core.lists.sheet import SheetColumn, SheetError, SheetRow
from core.transitions import MissingInput, NotYours, Refusal, Verdict
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView
from organisations.views.sheet_upload import SheetUploadView
from procurement.filters.invoices import InvoiceFilter
from procurement.forms.invoices import InvoiceForm, RedInvoiceForm
from procurement.models import Invoice
from procurement.operations.invoices import (
    InvoiceDraft,
    head_fault,
    register_invoices,
    register_red,
)
from procurement.queries.invoices import (
    invoices,
    items_of,
    left_to_take_back,
    may_register_invoice,
)
from procurement.tables.invoices import INVOICE_COLUMNS
from procurement.views.column_names import OwnLayout

CRUMB = "发票"
STEPS = {"invoice.register": "登记", "invoice.red": "登记红字"}


class InvoiceListView(FilteredListView):
    page_title = CRUMB
    page_note = "配送企业登记的数电票；红字冲减对应的蓝字，登记后不能修改。同一发票号码只能登记一次"
    filterset_class = InvoiceFilter
    columns = INVOICE_COLUMNS
    default_sort = "-registered"
    keyset = ("registered_at", "id")
    route, export_route, sheet_name = "invoices", "invoices-export", CRUMB
    bar = ("kind", "note_no", "institution")
    search_hint = "发票号码、第一票号码、机构、企业、拼音首字母"
    empty_text = "没有发票，或不在您的查看范围内。"

    def everything(self, scope: Scope) -> QuerySet[Invoice]:
        return invoices(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actions = []
        if may_register_invoice(self.scope):
            actions = [
                {"label": "登记发票", "url": reverse("invoice-new"), "kind": "primary"},
                {"label": "Excel 登记", "url": reverse("invoice-upload")},
            ]
        return super().get_context_data(actions=actions, **kwargs)


class InvoiceExportView(ExportMixin, InvoiceListView):
    pass


class InvoiceNewView(OneFormView):
    page_title = "登记发票"
    page_note = "价税合计须与配送数量乘以单价一致；登记后医疗机构可见"
    form_class = InvoiceForm
    list_route, list_label = "invoices", CRUMB
    submit, done = "登记", "发票已登记，医疗机构已收到通知"

    def allowed(self, scope: Scope) -> Verdict:
        return may_register_invoice(scope)

    def initial(self) -> dict[str, Any]:
        return {"note_no": self.request.GET.get("note_no", "")}

    def make(self, values: dict[str, Any]) -> str:
        (row,) = register_invoices(
            drafts=[InvoiceDraft(**values)], by=self.user, scope=self.scope, at=timezone.now()
        )
        return reverse("invoice", args=[row.invoice_no])


class InvoiceUploadView(OwnLayout, SheetUploadView):  # type: ignore[override]
    page_title = "Excel 登记发票"
    page_note = "一行一张发票，对应一张配送单；先校验并预览，有一处错误都不写入"
    sheet_name = "发票登记"
    route, back_route = "invoice-upload", "invoices"
    mapping_kind = "invoices"
    own_sheet_columns = (
        SheetColumn("note_no", "配送单号", 24, ""),
        SheetColumn("invoice_no", "发票号码", 24, "20 位数字，文本格式"),
        SheetColumn("issued_on", "开票日期", 12, "如 2026-03-12"),
        SheetColumn("buyer_tax_no", "购买方识别号", 22, ""),
        SheetColumn("net", "金额（不含税）", 14, "元"),
        SheetColumn("tax", "税额", 12, "元"),
        SheetColumn("total", "价税合计", 14, "元"),
        SheetColumn("first_no", "第一票发票号码", 24, "两票制，三项一起填"),
        SheetColumn("first_on", "第一票开票日期", 14, ""),
        SheetColumn("first_seller_tax_no", "第一票销售方识别号", 22, ""),
    )

    def allowed(self, scope: Scope) -> Verdict:
        return may_register_invoice(scope)

    def row_form(self, texts: dict[str, str]) -> forms.Form:
        return InvoiceForm(texts)

    def check(self, rows: Sequence[SheetRow], values: Sequence[dict[str, Any]]) -> list[SheetError]:
        heading = self.heading("invoice_no")
        first: dict[str, int] = {}
        errors = []
        now = timezone.now()
        for row, each in zip(rows, values, strict=True):
            fault = head_fault(InvoiceDraft(**each), now)
            if fault is not None:
                value = row.cells.get(fault.field, "")[:80]
                errors.append(SheetError(row.line, self.heading(fault.field), value, fault.reason))
            number = each["invoice_no"]
            if number in first:
                said = f"与第 {first[number]} 行的发票号码相同"
                errors.append(SheetError(row.line, heading, number, said))
            first.setdefault(number, row.line)
        return errors

    def write(self, values: Sequence[dict[str, Any]]) -> str:
        done = register_invoices(
            drafts=[InvoiceDraft(**each) for each in values], by=self.user, scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        return f"已登记 {len(done)} 张发票"


class InvoiceView(ScopedDetailView):
    template_name = "procurement/invoice.html"
    key_field = key = "invoice_no"

    def visible(self, scope: Scope) -> QuerySet[Invoice]:
        return invoices(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: Invoice = kwargs["object"]
        failed = kwargs.pop("failed", None)
        own = row.distributor_id == self.scope.organisation_id and may_register_invoice(self.scope)
        left = any(left_to_take_back(row).values()) if row.kind == "blue" else False
        facts: list[dict[str, Any]] = [
            {"label": "种类", "value": row.get_kind_display()},
            {"label": "开票日期", "value": f"{row.issued_on:%Y-%m-%d}"},
            {"label": "销售方", "value": f"{row.distributor.name if row.distributor else ''}"
                                        f"（{row.seller_tax_no}）"},
            {"label": "购买方", "value": f"{row.institution.name}（{row.buyer_tax_no}）"},
            {"label": "金额（不含税）", "value": f"{row.net:,.2f} 元"},
            {"label": "税额", "value": f"{row.tax:,.2f} 元"},
            {"label": "价税合计", "value": f"{row.total:,.2f} 元"},
        ]  # fmt: skip
        if row.origin is not None:
            facts += [
                {"label": "对应蓝字发票", "value": row.origin.invoice_no,
                 "url": reverse("invoice", args=[row.origin.invoice_no])},
                {"label": "红字原因", "value": row.reason, "wide": True},
            ]  # fmt: skip
        elif row.first_no:
            facts.append({
                "label": "第一票（两票制）", "wide": True,
                "value": f"{row.first_no}，{row.first_on:%Y-%m-%d}，"
                         f"销售方 {row.first_seller_tax_no}",
            })  # fmt: skip
        else:
            facts.append({"label": "第一票（两票制）", "value": "未登记"})
        offered: list[dict[str, Any]] = []
        if own and row.kind == "blue":
            back: dict[str, Any] = {"label": "登记红字发票", "kind": "primary"}
            back |= {"url": "#red"} if left else {"reason": "这张发票已全部冲红"}
            offered = [back]
        reds = invoices(self.scope).filter(origin=row).order_by("registered_at")
        gone = not left and row.kind == "blue"
        return super().get_context_data(
            page_title=f"发票 {row.invoice_no}", facts=facts, offered=offered,
            items=list(items_of(self.scope, row).order_by("pk")), reds=list(reds),
            red_form=(failed or RedInvoiceForm()) if own and left else failed,
            state={"words": "已全部冲红" if gone else row.get_kind_display(),
                   "level": "grey" if gone else "red" if row.kind == "red" else "green"},
            breadcrumbs=[{"label": CRUMB, "url": reverse("invoices")}, {"label": row.invoice_no}],
            timeline=steps_of("invoice", row.pk, STEPS), **kwargs,
        )  # fmt: skip


class InvoiceRedView(InvoiceView):
    """POST only."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: Invoice = self.get_object()
        allowed = may_register_invoice(self.scope)
        if not allowed:
            return refusal_page(request, NotYours.of(allowed))
        form = RedInvoiceForm(request.POST)
        try:
            if not form.is_valid():
                return self._again(row, form)
            made = register_red(
                origin=row, by=self.user, scope=self.scope, at=timezone.now(), **form.cleaned_data
            )
        except MissingInput as missing:
            form.add_error(missing.field if missing.field in form.fields else None, missing.reason)
            return self._again(row, form)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, "红字发票已登记")
        return HttpResponseRedirect(reverse("invoice", args=[made.invoice_no]))

    def _again(self, row: Invoice, form: RedInvoiceForm) -> HttpResponse:
        context = self.get_context_data(object=row, failed=form)
        return self.render_to_response(context, status=400)
