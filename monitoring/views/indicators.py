"""The indicators: their list, and each one's definition with the month's rows."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from core.lists.keyset import capped_count, keyset_page
from core.lists.workbook import workbook_response
from core.transitions import MissingInput
from core.views.errors import refusal_page
from monitoring.filters import IndicatorValueFilter
from monitoring.indicators.declaration import Indicator
from monitoring.indicators.registry import BY_CODE, INDICATORS
from monitoring.models import IndicatorValue
from monitoring.queries.figure_address import read_month, with_query
from monitoring.queries.figure_judgement import parameters_of_judgement
from monitoring.queries.figure_terms import terms_for
from monitoring.queries.filter_options import batch_options, figure_month_options
from monitoring.queries.indicator_rows import (
    SORTS,
    TOO_MANY,
    indicator_rows,
    order_of,
    sortable,
)
from monitoring.queries.indicator_words import (
    definition,
    parameters_in_force,
    parameters_of,
    rules_on,
)
from monitoring.queries.live import visible_figures
from monitoring.queries.visible import visible_indicator_values
from monitoring.tables import INDICATOR_COLUMNS, INDICATOR_SHEET, indicator_sheet_rows
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedRows, ScopedTemplateView

EXPORT_LIMIT = 100_000


class IndicatorListView(ScopedTemplateView):
    template_name = "monitoring/indicator_list.html"
    page_title = "监测指标"
    page_note = "每个指标只有一个口径；点开可见定义、依据、参数，以及当月各行和它们的明细"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = [
            definition(indicator)
            | {
                "url": reverse("indicator-detail", args=[indicator.code]),
                "rules": rules_on(indicator.code),
            }
            for indicator in INDICATORS
        ]
        return super().get_context_data(indicators=found, **kwargs)


class IndicatorRows(ScopedRows):
    """The visible rows of the indicator and month of the address, as it filters them."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @property
    def indicator(self) -> Indicator:
        try:
            return BY_CODE[self.kwargs["indicator"]]
        except KeyError:
            raise Http404 from None

    def month_text(self) -> str:
        given = self.request.GET.get("month", "")
        if given:
            return given
        options = figure_month_options(self.scope)
        return options[0]["value"] if options else ""

    def visible(self, scope: Scope) -> QuerySet[IndicatorValue]:
        month = self.month_text()
        if not month:
            return visible_indicator_values(scope).none()
        rows = visible_figures(scope, read_month(month)).filter(indicator=self.indicator.code)
        return sortable(IndicatorValueFilter(self.request.GET, queryset=rows).qs)


class IndicatorDetailView(IndicatorRows, ScopedTemplateView):
    template_name = "monitoring/indicator_detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return self.render_to_response(self.get_context_data(**kwargs))
        except MissingInput as broken:
            return refusal_page(request, broken)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        indicator, given = self.indicator, self.request.GET
        rows = self.get_queryset()
        count = capped_count(rows)
        order, ascending = order_of(
            given.get("sort", ""), given.get("dir", ""), capped=count.capped
        )
        page = keyset_page(rows, order=order, cursor=given.get("cursor", ""), ascending=ascending)
        month = self.month_text()
        wanted = {*parameters_of(indicator.code), *parameters_of_judgement([indicator.code])}
        terms = terms_for(self.scope, wanted)
        on = terms.last_day(read_month(month)) if month else self.scope.on
        live = terms.live
        return super().get_context_data(
            **kwargs
            | {
                "page_title": indicator.label,
                "breadcrumbs": [
                    {"label": "监测指标", "url": reverse("indicator-list")},
                    {"label": indicator.label},
                ],
                "definition": definition(indicator),
                "parameters": parameters_in_force(
                    self.scope, indicator.code, terms, on, self.scope.province_code
                ),
                "rules": rules_on(indicator.code),
                "rows": indicator_rows(self.scope, page.rows, terms),
                "columns": self._columns(given.get("sort", ""), ascending, count.capped),
                "newer_url": self._with(cursor=page.newer) if page.newer else "",
                "older_url": self._with(cursor=page.older) if page.older else "",
                "total": count.number,
                "capped": count.capped,
                "given": given,
                "month": month,
                "live": live if live and month == f"{live.month:%Y-%m}" else None,
                "filter": IndicatorValueFilter(given, queryset=rows).form,
                "options": self._options(indicator),
                "kept": [
                    (name, given[name])
                    for name in (
                        "subject_code",
                        "city",
                        "county",
                        "pool",
                        "province",
                        "sort",
                        "dir",
                    )
                    if given.get(name)
                ],
                "export_url": self._export_url(month),
            }
        )

    def _options(self, indicator: Indicator) -> dict[str, Any]:
        kinds = IndicatorValue.Subject
        return {
            "month": figure_month_options(self.scope),
            "batch": batch_options(self.scope),
            "subject_type": [
                (kind.value, kind.label) for kind in kinds if kind in indicator.subject_types
            ],
            "window": [
                (kind.value, kind.label)
                for kind in IndicatorValue.Window
                if kind in indicator.windows
            ],
        }

    def _columns(self, sort: str, ascending: bool, capped: bool) -> list[dict[str, Any]]:
        columns = []
        for column in INDICATOR_COLUMNS:
            key = column.get("sort")
            made = dict(column)
            if key in SORTS and capped:
                made["reason"] = TOO_MANY
            elif key in SORTS:
                now = sort == key
                made["sort_url"] = self._with(
                    sort=key, dir="asc" if now and not ascending else "desc"
                )
                made["sorted"] = ("asc" if ascending else "desc") if now else ""
            columns.append(made)
        return columns

    def _query(self, **changes: str) -> dict[str, str]:
        query = {name: str(value) for name, value in self.request.GET.items() if name != "cursor"}
        return {name: value for name, value in (query | changes).items() if value}

    def _with(self, **changes: str) -> str:
        return with_query("", self._query(**changes)) or "?"

    def _export_url(self, month: str) -> str:
        path = reverse("indicator-export", args=[self.indicator.code])
        return with_query(path, self._query(month=month))


class IndicatorExportView(IndicatorRows, ScopedTemplateView):
    """Exactly the filtered rows as Excel; above the limit it says so instead of cutting off."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            rows = self.get_queryset()
        except MissingInput as broken:
            return refusal_page(request, broken)
        count = capped_count(rows, EXPORT_LIMIT)
        if count.capped:
            reason = f"符合条件的行超过 {EXPORT_LIMIT:,}，请按对象、批次筛选后分次导出"
            return refusal_page(request, MissingInput("q", reason))
        order, ascending = order_of(
            request.GET.get("sort", ""), request.GET.get("dir", ""), capped=False
        )
        ordered = rows.order_by(*(name if ascending else f"-{name}" for name in order))
        terms = terms_for(self.scope, parameters_of_judgement([self.indicator.code]))
        return workbook_response(
            name=f"{self.indicator.label}_{self.month_text()}",
            columns=INDICATOR_SHEET,
            rows=indicator_sheet_rows(indicator_rows(self.scope, ordered, terms)),
        )
