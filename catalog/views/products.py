"""Groups and products: lists and single ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from catalog.filters import GroupFilter, ProductFilter
from catalog.models import Group, Product
from catalog.queries.applications import files_applications
from catalog.queries.batch_rows import batch_options
from catalog.queries.holds import product_holds
from catalog.queries.in_force import unit_price
from catalog.queries.product_rows import (
    STANDINGS,
    ProductRow,
    group_choices,
    groups_replaced_by,
    groups_with_counts,
    manufacturer_choices,
    price_history,
    product_rows,
    products_with_group,
    substitutes_of,
)
from catalog.queries.registrations import registration_history, registration_state
from catalog.queries.selection_rows import selection_rows, selections_with_period
from catalog.queries.tradable import why_not_tradable
from catalog.states.listing import LEVELS as LISTING_LEVELS
from catalog.tables import GROUP_COLUMNS, PRODUCT_COLUMNS
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView


class GroupListView(FilteredListView):
    template_name = "catalog/group_list.html"
    page_title = "品种"
    page_note = "同通用名的产品归为一个品种，以同一计量单位合并计算约定量、完成量和占比"
    filterset_class = GroupFilter
    columns = GROUP_COLUMNS
    default_sort = "code"
    route = "group-list"
    export_route = "group-export"
    sheet_name = "品种"

    def everything(self, scope: Scope) -> QuerySet[Group]:
        return groups_with_counts(scope, timezone.localdate())

    def filter_options(self) -> Mapping[str, list[dict[str, str]]]:
        return {"batch": batch_options(self.scope)}


class GroupExportView(ExportMixin, GroupListView):
    pass


class GroupDetailView(ScopedDetailView):
    template_name = "catalog/group_detail.html"
    key_field = "code"
    key = "code"

    def visible(self, scope: Scope) -> QuerySet[Group]:
        return groups_with_counts(scope, timezone.localdate())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        group: Group = kwargs["object"]
        today = timezone.localdate()
        own = products_with_group(self.scope).filter(group=group).order_by("code")
        rows = product_rows(own, self.scope, today)
        return super().get_context_data(
            sections=_by_standing(rows),
            substitutes=product_rows(substitutes_of(self.scope, group), self.scope, today),
            today=today,
            breadcrumbs=[
                {"label": "品种", "url": reverse("group-list")},
                {"label": group.code},
            ],
            **{**kwargs, "page_title": group.name},
        )


def _by_standing(rows: list[ProductRow]) -> list[dict[str, Any]]:
    """Selected, standby, others: with a heading each, the empty ones left out but the first."""
    sections = [
        {"label": words, "level": level, "rows": [row for row in rows if row.standing == words]}
        for words, level in STANDINGS.values()
    ]
    return [section for section in sections if section["rows"] or section["label"] == "中选"]


class ProductListView(FilteredListView):
    template_name = "catalog/product_list.html"
    page_title = "产品目录"
    page_note = "挂网产品按国家医保编码逐一列示；折算单价按每包装计量单位数换算，便于同品种比较"
    filterset_class = ProductFilter
    columns = PRODUCT_COLUMNS
    default_sort = "code"
    route = "product-list"
    export_route = "product-export"
    sheet_name = "产品目录"

    def everything(self, scope: Scope) -> QuerySet[Product]:
        return products_with_group(scope)

    def rows(self, objects: Iterable[Any]) -> list[ProductRow]:
        return product_rows(objects, self.scope, timezone.localdate())

    def filter_options(self) -> Mapping[str, list[dict[str, str]]]:
        return {
            "group": group_choices(self.scope),
            "manufacturer": manufacturer_choices(self.scope),
        }


class ProductExportView(ExportMixin, ProductListView):
    pass


class ProductDetailView(ScopedDetailView):
    template_name = "catalog/product_detail.html"
    key_field = "code"
    key = "code"

    def visible(self, scope: Scope) -> QuerySet[Product]:
        return products_with_group(scope).select_related("listing")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        product: Product = kwargs["object"]
        today = timezone.localdate()
        selections = selections_with_period(self.scope).filter(product=product)
        found = selections.order_by(
            "-batch__effective_on", "batch__code", "region__code", "valid_from"
        )
        # Named together: one look at selections and holds for the product and its substitutes.
        beside = substitutes_of(self.scope, product.group) if product.group else []
        row, *substitutes = product_rows([product, *beside], self.scope, today)
        return super().get_context_data(
            row=row,
            unit_price=unit_price(product, product.listed_price),
            prices=price_history(self.scope, product),
            not_tradable=why_not_tradable(product, today),
            listing_level=LISTING_LEVELS.get(product.listing.state, "grey")
            if hasattr(product, "listing")
            else "grey",
            registration=registration_state(product, today),
            papers=registration_history(self.scope, product),
            actions=self._applications(product),
            selections=selection_rows(found, self.scope, today),
            holds=product_holds(self.scope, product),
            substitute_for=groups_replaced_by(self.scope, product),
            substitutes=substitutes,
            breadcrumbs=[
                {"label": "产品目录", "url": reverse("product-list")},
                {"label": product.code},
            ],
            **{**kwargs, "page_title": str(product)},
        )

    def _applications(self, product: Product) -> list[dict[str, str]]:
        """Its manufacturer applies for a change from here."""
        own = {self.scope.organisation_id, *self.scope.predecessor_ids}
        if product.manufacturer_id not in own or not files_applications(self.scope):
            return []
        url = f"{reverse('application-kinds')}?product={product.code}"
        return [{"label": "申请变更", "icon": "edit", "url": url}]
