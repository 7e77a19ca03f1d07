"""库存产能: what manufacturers reported with days of cover, one report by pool, form, sheet, who lacks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from catalog.models import Product
from catalog.queries.steps import steps_of
from catalog.views.quality import OneFormView
from core.lists.sheet import SheetColumn, SheetError, SheetRow
from core.transitions import Verdict
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView
from organisations.views.sheet_upload import SheetUploadView
from procurement.filters.stock_reports import NotReportedFilter, StockReportFilter
from procurement.forms.stock_reports import StockForm, StockRowForm
from procurement.models import StockReport
from procurement.operations.stock_reports import OBJECT_TYPE, StockRow, report_stock
from procurement.queries.stock_reports import (
    may_report_stock,
    not_reported,
    own_products,
    pool_covers,
    short_products,
    stock_reports,
    with_cover,
)
from procurement.rules.stock_report import DEMAND_DAYS, SHORT_DAYS, month_before
from procurement.tables.stock_reports import NOT_REPORTED_COLUMNS, STOCK_COLUMNS

CRUMB = "库存产能"


def stock_tabs(route: str) -> list[dict[str, Any]]:
    pages = (("stock-reports", "报告"), ("stock-missing", "未报告"))
    return [
        {"label": label, "url": reverse(name), "active": name == route} for name, label in pages
    ]


class StockListView(FilteredListView):
    template_name = "procurement/stock_reports.html"
    page_title = CRUMB
    page_note = (
        f"可供天数＝（月末库存＋应急储备）÷ 近 {DEMAND_DAYS} 天日均订购；"
        f"少于 {SHORT_DAYS} 天列为短缺风险。医保局看本省订购，生产企业看全部订购"
    )
    filterset_class = StockReportFilter
    columns = STOCK_COLUMNS
    default_sort = "-reported"
    keyset = ("month", "id")
    route, export_route, sheet_name = "stock-reports", "stock-reports-export", CRUMB
    bar = ("month", "manufacturer")
    search_hint = "产品、生产企业、编码、拼音首字母"
    empty_text = "没有库存产能报告，或不在您的查看范围内。"

    def everything(self, scope: Scope) -> QuerySet[StockReport]:
        return stock_reports(scope)

    def rows(self, objects: Iterable[StockReport]) -> list[StockReport]:
        return with_cover(self.scope, objects)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        month = month_before(self.scope.on)
        actions = []
        if may_report_stock(self.scope):
            actions = [
                {"label": "报告", "url": reverse("stock-new"), "kind": "primary"},
                {"label": "Excel 报告", "url": reverse("stock-upload")},
            ]
        return super().get_context_data(
            tabs=stock_tabs(self.route), actions=actions, risk_month=month,
            risks=short_products(self.scope, month),
            missing=not_reported(self.scope, month).count(), **kwargs,
        )  # fmt: skip


class StockExportView(ExportMixin, StockListView):
    pass


class StockMissingView(FilteredListView):
    page_title = "未报告库存产能的产品"
    page_note = "上月末在供、生产企业还没有报告上月库存产能的中选产品；次月 10 日前报告"
    filterset_class = NotReportedFilter
    columns = NOT_REPORTED_COLUMNS
    default_sort = "code"
    route, export_route, sheet_name = "stock-missing", "stock-missing-export", "未报告库存产能"
    search_hint = "产品、生产企业、编码、拼音首字母"
    empty_title, empty_text = "都已报告", "上月在供的中选产品都已报告库存产能。"

    def everything(self, scope: Scope) -> QuerySet[Product]:
        return not_reported(scope, month_before(scope.on))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tabs=stock_tabs(self.route), **kwargs)


class StockMissingExportView(ExportMixin, StockMissingView):
    pass


class StockView(ScopedDetailView):
    template_name = "procurement/stock_report.html"
    key_field = key = "pk"

    def visible(self, scope: Scope) -> QuerySet[StockReport]:
        return stock_reports(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        (row,) = with_cover(self.scope, [kwargs["object"]])
        product: Product = row.product
        found: Any = row
        days = f"{found.days:,.0f} 天" if found.days is not None else "近 90 天无订单"
        facts: list[dict[str, Any]] = [
            {"label": "产品", "value": f"{product}（{product.code}）",
             "url": reverse("product-detail", args=[product.code])},
            {"label": "生产企业", "value": row.manufacturer.name},
            {"label": "月份", "value": f"{row.month:%Y-%m}"},
            {"label": "月末库存", "value": f"{row.stock_packs.normalize():,f} 包装"},
            {"label": "应急储备", "value": f"{row.reserve_packs.normalize():,f} 包装"},
            {"label": "月产能", "value": f"{row.capacity_packs.normalize():,f} 包装"},
            {"label": f"近 {DEMAND_DAYS} 天订购", "value": f"{found.demand.normalize():,f} 包装"},
            {"label": "可供天数", "value": days},
        ]  # fmt: skip
        if row.note:
            facts.append({"label": "说明", "value": row.note, "wide": True})
        again = f"{reverse('stock-new')}?product_code={product.code}&month={row.month:%Y-%m}"
        return super().get_context_data(
            page_title=f"{CRUMB}：{product}", facts=facts, pools=pool_covers(self.scope, row),
            breadcrumbs=[{"label": CRUMB, "url": reverse("stock-reports")}, {"label": product.code}],
            state={"words": "短缺风险" if found.short else "已报告",
                   "level": "red" if found.short else "green"},
            offered=[{"label": "更新报告", "url": again, "kind": "primary"}]
            if may_report_stock(self.scope) else [],
            timeline=steps_of(OBJECT_TYPE, row.pk, {"stock_report.report": "报告"}), **kwargs,
        )  # fmt: skip


class StockNewView(OneFormView):
    page_title = "报告库存产能"
    page_note = "每月报告上月末库存、月产能和应急储备，次月 10 日前；可用 Excel 一次报告全部产品"
    form_class = StockForm
    list_route, list_label = "stock-reports", CRUMB
    submit, done = "报告", "已报告"

    def allowed(self, scope: Scope) -> Verdict:
        return may_report_stock(scope)

    def initial(self) -> dict[str, Any]:
        return {
            "product_code": self.request.GET.get("product_code", ""),
            "month": self.request.GET.get("month", f"{month_before(self.scope.on):%Y-%m}"),
        }

    def make(self, values: dict[str, Any]) -> str:
        product = values.pop("product_code")
        (row,) = report_stock(
            rows=[StockRow(product=product, **values)], by=self.user, scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        return reverse("stock-report", args=[row.pk])


class StockUploadView(SheetUploadView):
    page_title = "Excel 报告库存产能"
    page_note = "模板已列出还没有报告上月的中选产品；先校验并预览，有一处错误都不写入"
    sheet_name = "库存产能"
    route, back_route = "stock-upload", "stock-reports"
    sheet_columns = (
        SheetColumn("product_code", "国家医保编码", 28, "本企业的产品"),
        SheetColumn("name", "产品", 40, "只供核对"),
        SheetColumn("month", "月份", 10, "如 2026-03"),
        SheetColumn("stock", "月末库存", 14, "包装数，没有写 0"),
        SheetColumn("capacity", "月产能", 14, "包装数，没有写 0"),
        SheetColumn("reserve", "应急储备", 14, "包装数，没有写 0"),
        SheetColumn("note", "说明", 40, "可空"),
    )

    def allowed(self, scope: Scope) -> Verdict:
        return may_report_stock(scope)

    def prepare(self, rows: Sequence[SheetRow]) -> None:
        self.products = own_products(
            self.scope, {row.cells.get("product_code", "").strip() for row in rows}
        )

    def row_form(self, texts: dict[str, str]) -> forms.Form:
        return StockRowForm(texts, products=self.products, today=self.scope.on)

    def check(self, rows: Sequence[SheetRow], values: Sequence[dict[str, Any]]) -> list[SheetError]:
        first: dict[tuple[int, date], int] = {}
        errors = []
        for row, each in zip(rows, values, strict=True):
            key = (each["product_code"].pk, each["month"])
            if key in first:
                said = f"与第 {first[key]} 行是同一产品同一月份"
                errors.append(SheetError(row.line, "国家医保编码", each["product_code"].code, said))
            first.setdefault(key, row.line)
        return errors

    def write(self, values: Sequence[dict[str, Any]]) -> str:
        done = report_stock(
            rows=[
                StockRow(each["product_code"], each["month"], each["stock"], each["capacity"],
                         each["reserve"], each["note"])
                for each in values
            ],
            by=self.user, scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return f"已报告 {len(done)} 个产品"

    def example_rows(self) -> list[list[Any]]:
        month = month_before(self.scope.on)
        return [
            [row.code, str(row), f"{month:%Y-%m}", "", "", "", ""]
            for row in not_reported(self.scope, month).order_by("code")
        ]
