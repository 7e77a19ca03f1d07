"""供应不达标产品: under the two limits of supply, with their makers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from monitoring.filters.supply import SupplyLimitFilter
from monitoring.models import IndicatorValue
from monitoring.queries.filter_options import batch_options
from monitoring.queries.supply_limits import ShortRow, short_products, short_rows
from monitoring.tables.supply import SUPPLY_COLUMNS
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin


class SupplyLimitListView(FilteredListView):
    page_title = "供应不达标产品"
    page_note = "最近一个已计算的月份，订单响应率或配送及时率低于所属批次规定、且订单行数达到判定下限的产品及其生产企业"
    filterset_class = SupplyLimitFilter
    columns = SUPPLY_COLUMNS
    default_sort = "product"
    keyset = ("subject_code", "id")
    keyset_ascending = True
    route, export_route, sheet_name = "supply-limits", "supply-limits-export", "供应不达标产品"
    bar = ("indicator", "batch")
    search_hint = "产品、企业、拼音首字母、编码"
    empty_title = "没有低于规定的产品"
    empty_text = "每月指标计算后更新。"
    empty_icon = "truck-delivery"

    def everything(self, scope: Scope) -> QuerySet[IndicatorValue]:
        return short_products(scope)

    def rows(self, objects: Iterable[Any]) -> list[ShortRow]:
        return short_rows(self.scope, objects)

    def row_key(self, row: ShortRow) -> int:
        return int(row.figure.pk)

    def row_label(self, row: ShortRow) -> str:
        return f"{row.product} {row.rate}"

    def filter_options(self) -> Mapping[str, list[dict[str, str]]]:
        return {"batch": batch_options(self.scope)}


class SupplyLimitExportView(ExportMixin, SupplyLimitListView):
    pass
