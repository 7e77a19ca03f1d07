"""Codes: where one was, what was odd, which mark is which product, and how much is collected."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from catalog.views.quality import OneFormView
from core.lists.workbook import workbook_response
from core.transitions import Verdict
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedTemplateView
from procurement.filters.receiving import CodeFindingFilter, ProductMarkFilter
from procurement.forms.receiving import FindForm, MarkForm
from procurement.models import CodeFinding, ProductMark
from procurement.operations.code_shipments import bind_mark, may_bind
from procurement.queries.code_rates import CollectionRate, collection_rates, read_month
from procurement.queries.codes import (
    findings_of_code,
    visible_code_findings,
    visible_product_marks,
    way_of_code,
)
from procurement.rules.trace_code import UnreadableCode, read_code
from procurement.tables.receiving import FINDING_COLUMNS, MARK_COLUMNS, RATE_SHEET
from procurement.views.receiving import receiving_tabs

RATES_SHOWN = 300


class CodeView(ScopedTemplateView):
    """Type or scan a code: where it was shipped, received, returned, in the reader's own sight."""

    template_name = "procurement/code.html"
    page_title = "追溯码查询"
    page_note = "扫或填写药品追溯码、医疗器械唯一标识，查看您的查看范围内的流向"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = bool(self.request.GET)
        form = FindForm(self.request.GET if asked else None)
        context: dict[str, Any] = {"form": form, "asked": False, "error": ""}
        if asked and form.is_valid():
            try:
                read = read_code(form.cleaned_data["q"])
            except UnreadableCode as problem:
                context["error"] = str(problem)
            else:
                mark = visible_product_marks(self.scope).filter(mark=read.mark)
                context |= {
                    "asked": True,
                    "read": read,
                    "mark": mark.select_related("product", "manufacturer").first(),
                    "events": list(way_of_code(self.scope, read.code)),
                    "findings": list(
                        findings_of_code(self.scope, read.code).select_related(
                            "institution", "other"
                        )
                    ),
                }
        return super().get_context_data(
            actions=[
                {"label": "异常扫码", "url": reverse("code-findings"), "icon": "alert-triangle"},
                {"label": "产品标识", "url": reverse("product-marks"), "icon": "tag"},
            ],
            **{**context, **kwargs},
        )


class CodeFindingListView(FilteredListView):
    page_title = "异常扫码"
    page_note = "收货时扫到已收过的码（重复），或登记发往其他机构的码（串货）；同时对双方和省级预警"
    filterset_class = CodeFindingFilter
    columns = FINDING_COLUMNS
    default_sort = "-found"
    keyset = ("found_at", "id")
    route, export_route, sheet_name = "code-findings", "code-findings-export", "异常扫码"
    bar = ("kind", "code", "since", "until")
    empty_text = "没有异常扫码。"

    def everything(self, scope: Scope) -> QuerySet[CodeFinding]:
        return visible_code_findings(scope).select_related(
            "trace_code", "product", "institution", "other", "distributor"
        )


class CodeFindingExportView(ExportMixin, CodeFindingListView):
    pass


class ProductMarkListView(FilteredListView):
    page_title = "产品标识"
    page_note = (
        "药品追溯码前 7 位、医疗器械 GTIN 与产品的对应，由生产企业登记；一个标识只对应一个产品"
    )
    filterset_class = ProductMarkFilter
    columns = MARK_COLUMNS
    default_sort = "mark"
    route, export_route, sheet_name = "product-marks", "product-marks-export", "产品标识"
    search_hint = "标识、产品、编码、拼音首字母"
    empty_text = "还没有登记产品标识。"

    def everything(self, scope: Scope) -> QuerySet[ProductMark]:
        return visible_product_marks(scope).select_related("product", "manufacturer")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        new = {"label": "登记标识", "url": reverse("product-mark-new"), "kind": "primary"}
        return super().get_context_data(actions=[new] if may_bind(self.scope) else [], **kwargs)


class ProductMarkExportView(ExportMixin, ProductMarkListView):
    pass


class ProductMarkNewView(OneFormView):
    page_title = "登记产品标识"
    page_note = "登记后，带这个标识的追溯码才能随货登记和收货"
    form_class = MarkForm
    list_route, list_label = "product-marks", "产品标识"
    submit, done = "登记", "产品标识已登记"

    def allowed(self, scope: Scope) -> Verdict:
        return may_bind(scope)

    def initial(self) -> dict[str, Any]:
        return {"product": self.request.GET.get("product", "")}

    def make(self, values: dict[str, Any]) -> str:
        bind_mark(by=self.user, scope=self.scope, at=timezone.now(), **values)
        return reverse("product-marks")


class CodeRateView(ScopedTemplateView):
    """采集率 by institution, of one month."""

    template_name = "procurement/code_rates.html"
    page_title = "追溯码采集率"
    page_note = "已采集的药品追溯码 ÷ 验收的最小销售包装；只列您的查看范围内的医疗机构"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        month = self.month()
        found = collection_rates(self.scope, month)
        accepted = sum((row.accepted for row in found), Decimal(0))
        collected = sum(row.collected for row in found)
        return super().get_context_data(
            tabs=receiving_tabs("code-rates"), month=month, month_value=f"{month:%Y-%m}",
            rows=found[:RATES_SHOWN], more=max(len(found) - RATES_SHOWN, 0),
            total=CollectionRate("合计", "", "", "", accepted, collected),
            export_url=f"{reverse('code-rates-export')}?month={month:%Y-%m}", **kwargs,
        )  # fmt: skip

    def month(self) -> date:
        """The month in the address, else this month; an unreadable one is this month."""
        given = self.request.GET.get("month", "")
        try:
            return read_month(given)
        except ValueError:
            return self.scope.on.replace(day=1)


class CodeRateExportView(CodeRateView):
    """The same as Excel."""

    template_name = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        month = self.month()
        return workbook_response(
            name=f"追溯码采集率_{month:%Y%m}",
            columns=RATE_SHEET,
            rows=(
                (row.name, row.code, row.city, row.county, row.accepted, row.collected, row.rate)
                for row in collection_rates(self.scope, month)
            ),
        )
