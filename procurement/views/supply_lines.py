"""订单行: every line that the reader sees, by how its supply turned out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from core.lists.keyset import CappedCount, capped_count
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from procurement.filters import OrderLineFilter
from procurement.models import OrderLine
from procurement.queries.order_outcomes import under_way_part, with_progress
from procurement.queries.reconciling import order_lines
from procurement.tables.supply_views import LINE_COLUMNS
from procurement.views.supply_overview import supply_tabs


class LineListView(FilteredListView):
    template_name = "procurement/tabbed_list.html"
    page_title = "订单行"
    page_note = "每个订单行的状态和时限；在办的不论何时下单都列出，其余默认显示最近 90 天"
    filterset_class = OrderLineFilter
    columns = LINE_COLUMNS
    default_sort = "-sent"
    keyset = ("ordered_at", "id")
    route, export_route, sheet_name = "order-lines", "order-lines-export", "订单行"
    bar = ("under_way", "outcome", "place", "since", "until")
    search_hint = "订单号、产品、编码、拼音首字母"
    empty_text = "没有订单行。不选“在办”时默认显示最近 90 天，可以改日期。"

    def everything(self, scope: Scope) -> QuerySet[OrderLine]:
        return order_lines(scope)

    def counted(self, found: QuerySet[OrderLine]) -> CappedCount:
        asked = {name for name, value in self.filter.form.cleaned_data.items() if value}
        if asked == {"under_way"}:
            part = self.filter.form.cleaned_data["under_way"]
            return capped_count(under_way_part(self.scope, part, timezone.now()))
        return capped_count(found, order=() if "under_way" in asked else self.keyset)

    def rows(self, objects: Iterable[Any]) -> list[Any]:
        return with_progress(self.scope, objects)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tabs=supply_tabs(self.scope, self.route), **kwargs)


class LineExportView(ExportMixin, LineListView):
    pass
