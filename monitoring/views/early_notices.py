"""早期提示: what will break a limit by the year's end, with the method stated above the list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from monitoring.filters.early import EarlyNoticeFilter
from monitoring.models import EarlyNotice
from monitoring.queries.early_notices import EarlyRow, early_rows, visible_early_notices
from monitoring.queries.filter_options import batch_options, month_options
from monitoring.states.early import METHOD
from monitoring.tables.early import EARLY_COLUMNS
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin


class EarlyNoticeListView(FilteredListView):
    page_title = "早期提示"
    page_note = METHOD
    filterset_class = EarlyNoticeFilter
    columns = EARLY_COLUMNS
    default_sort = "-month"
    keyset = ("month", "id")
    route, export_route, sheet_name = "early-notices", "early-notices-export", "早期提示"
    bar = ("rule", "batch", "month")
    search_hint = "机构、拼音首字母、国家医保编码"
    empty_title = "没有推算到年末将超限的"
    empty_text = "每月指标计算后更新。"
    empty_icon = "trending-up"

    def everything(self, scope: Scope) -> QuerySet[EarlyNotice]:
        return visible_early_notices(scope)

    def rows(self, objects: Iterable[Any]) -> list[EarlyRow]:
        return early_rows(objects)

    def row_key(self, row: EarlyRow) -> int:
        return int(row.notice.pk)

    def row_label(self, row: EarlyRow) -> str:
        return f"{row.notice.get_rule_display()} {row.subject}"

    def filter_options(self) -> Mapping[str, list[dict[str, str]]]:
        return {"batch": batch_options(self.scope), "month": month_options(self.scope)}


class EarlyNoticeExportView(ExportMixin, EarlyNoticeListView):
    pass
