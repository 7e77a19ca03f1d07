"""A product's own dashboard, its supply by distributor, and what was reported to be needed of it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property

from catalog.models import Product
from catalog.queries.visible import visible_products
from core.transitions import MissingInput
from core.views.errors import refusal_page
from monitoring.filters import DemandFilter
from monitoring.queries.product_demand import demand_lines, reported_demand
from monitoring.queries.product_page import product_page
from monitoring.queries.product_supply import product_supply
from monitoring.tables import DEMAND_COLUMNS
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedTemplateView
from volumes.models import VolumeReportLine


class ProductDashboardView(ScopedTemplateView):
    """Agreed, bought and supplied of one product, as far as the reader sees its figures."""

    template_name = "monitoring/product_dashboard.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            page = product_page(self.scope, self.kwargs["code"], request.GET)
        except MissingInput as broken:
            return refusal_page(request, broken)
        if page is None:
            raise Http404
        product = page["product"]
        return self.render_to_response(
            self.get_context_data(
                **page,
                page_title=product.name,
                breadcrumbs=[
                    {"label": "产品目录", "url": reverse("product-list")},
                    {"label": product.code, "url": reverse("product-detail", args=[product.code])},
                    {"label": "看板"},
                ],
            )
        )


def crumbs(product: Product, here: str) -> list[dict[str, str]]:
    return [
        {"label": "产品目录", "url": reverse("product-list")},
        {"label": product.code, "url": reverse("product-detail", args=[product.code])},
        {"label": "看板", "url": reverse("dashboard-product", args=[product.code])},
        {"label": here},
    ]


class ProductSupplyView(ScopedTemplateView):
    """Response, punctuality and fulfilment of one product by distributor, each open to its lines."""

    template_name = "monitoring/product_supply.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            page = product_supply(self.scope, self.kwargs["code"], request.GET)
        except MissingInput as broken:
            return refusal_page(request, broken)
        if page is None:
            raise Http404
        product = page["product"]
        return self.render_to_response(
            self.get_context_data(
                **page,
                page_title=f"{product.name}：各配送企业的供应",
                breadcrumbs=crumbs(product, "各配送企业的供应"),
            )
        )


class ProductDemandView(FilteredListView):
    """The report lines of the product's group, of all batch years that one may see."""

    template_name = "monitoring/product_demand.html"
    filterset_class = DemandFilter
    columns = DEMAND_COLUMNS
    default_sort = "-reported"
    route, export_route = "dashboard-product-demand", "dashboard-product-demand-export"
    sheet_name = "报量"
    bar = ("batch", "year_no", "status")
    search_hint = "填报单位名称、编码、拼音首字母"
    empty_title, empty_icon = "没有可见的报量", "clipboard-list"
    empty_text = "本品种没有已提交的报量，或不在本人查看范围内。"

    @cached_property
    def product(self) -> Product:
        found = visible_products(self.scope).filter(code=self.kwargs["code"]).first()
        if found is None:
            raise Http404
        return found

    def everything(self, scope: Scope) -> QuerySet[VolumeReportLine]:
        rows = demand_lines(scope, self.product)
        return rows.select_related("batch", "group", "institution", "county", "city")

    def filter_options(self) -> dict[str, list[dict[str, str]]]:
        found = reported_demand(self.scope, self.product)
        batches = {each.batch: each.batch_name for each in found}
        return {
            "batch": [{"value": code, "label": name} for code, name in batches.items()],
            "year_no": [
                {"value": str(number), "label": f"第 {number} 年"}
                for number in sorted({each.year_no for each in found})
            ],
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            product=self.product,
            page_title=f"{self.product.group or self.product.name}：报量",
            breadcrumbs=crumbs(self.product, "报量"),
            **kwargs,
        )


class ProductDemandExportView(ExportMixin, ProductDemandView):
    pass
