"""One figure: its definition, its parts, and the lines that it is made of."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from core.lists.workbook import workbook_response
from core.transitions import MissingInput
from core.views.errors import refusal_page
from monitoring.indicators.registry import BY_CODE
from monitoring.models import IndicatorValue
from monitoring.queries.dashboard_subject import DASHBOARD_TYPES
from monitoring.queries.figure_address import figure_url, figures_at
from monitoring.queries.figure_distributors import named_distributor, opens_by_distributor
from monitoring.queries.figure_page import (
    SIDES,
    figure_facts,
    lines_page,
    lower_rows,
    units_page,
    with_province,
)
from monitoring.queries.product_supply import product_supply_url
from monitoring.tables import LINE_COLUMNS, LINE_SHEET, line_sheet_rows
from organisations.views.scoped import ScopedTemplateView

LINES_EXPORT_LIMIT = 50_000


class FigureRow(ScopedTemplateView):
    """Finds the figure of the address among those that one may see."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return self.show(request, self.row())
        except MissingInput as broken:
            return refusal_page(request, broken)

    def row(self) -> IndicatorValue:
        if self.kwargs["indicator"] not in BY_CODE:
            raise Http404
        found = with_province(figures_at(self.scope, query=self.request.GET, **self.kwargs)).first()
        if found is None:
            raise Http404
        return found

    def show(self, request: HttpRequest, row: IndicatorValue) -> HttpResponse:
        raise NotImplementedError


class FigureView(FigureRow):
    template_name = "monitoring/figure_detail.html"

    def show(self, request: HttpRequest, row: IndicatorValue) -> HttpResponse:
        facts = figure_facts(self.scope, row)
        given = self.request.GET
        units = units_page(self.scope, row, facts["unit"], given.get("cursor", ""))
        side = given.get("side") or "all"
        lines = None
        if units is None or given.get("side") or given.get("after"):
            lines = lines_page(
                self.scope, row, facts["unit"], side=side, after=given.get("after", ""),
                distributor=named_distributor(self.scope, row, given.get("distributor", "")),
            )  # fmt: skip
        return self.render_to_response(
            self.get_context_data(
                **facts,
                row=row,
                units=units if lines is None else None,
                lower=lower_rows(self.scope, row, facts["unit"]) if lines is None else [],
                lines=lines,
                line_columns=LINE_COLUMNS,
                tabs=_tabs(row, side, units is not None, lines is None, _kept(given)),
                urls=_urls(row, side, units, lines, _kept(given)),
                page_title=f"{facts['subject_name']} · {facts['indicator'].label}",
                breadcrumbs=_breadcrumbs(row, facts),
            )
        )


class FigureExportView(FigureRow):
    """The lines of one figure as Excel; above the limit it says so instead of cutting off."""

    def show(self, request: HttpRequest, row: IndicatorValue) -> HttpResponse:
        facts = figure_facts(self.scope, row)
        side = request.GET.get("side") or "all"
        lines = lines_page(
            self.scope, row, facts["unit"], side=side, after="", size=LINES_EXPORT_LIMIT,
            distributor=named_distributor(self.scope, row, request.GET.get("distributor", "")),
        )  # fmt: skip
        if lines.next:
            reason = f"这个指标的明细超过 {LINES_EXPORT_LIMIT:,} 行，请打开下级单位的指标分别导出"
            return refusal_page(request, MissingInput("side", reason))
        return workbook_response(
            name=f"{facts['indicator'].label}明细_{row.subject_code}_{row.month:%Y%m}",
            columns=LINE_SHEET,
            rows=line_sheet_rows(lines.rows),
        )


def _kept(given: QueryDict) -> dict[str, str]:
    """What every link of the page keeps: the distributor whose lines are shown."""
    code = given.get("distributor", "")
    return {"distributor": code} if code else {}


def _tabs(
    row: IndicatorValue, side: str, has_units: bool, at_units: bool, kept: dict[str, str]
) -> list[dict[str, Any]]:
    tabs = (
        [{"label": "按单位构成", "url": figure_url(row), "active": at_units}] if has_units else []
    )
    for name, label in SIDES:
        active = not at_units and name == side
        url = figure_url(row, side=name, **kept)
        tabs.append({"label": f"{label}明细", "url": url, "active": active})
    if kept:
        tabs.append({"label": "全部配送企业", "url": figure_url(row), "active": False})
    elif opens_by_distributor(row):
        url = product_supply_url(row.subject_code, row.month, row.batch_code)
        tabs.append({"label": "按配送企业", "url": url, "active": False})
    return tabs


def _urls(
    row: IndicatorValue, side: str, units: Any, lines: Any, kept: dict[str, str]
) -> dict[str, str]:
    urls = {"export": figure_url(row, route="figure-export", side=side, **kept)}
    if lines is not None:
        urls["first"] = figure_url(row, side=side, **kept)
        urls["next"] = figure_url(row, side=side, after=lines.next, **kept) if lines.next else ""
    elif units is not None:
        urls["newer"] = figure_url(row, cursor=units.newer) if units.newer else ""
        urls["older"] = figure_url(row, cursor=units.older) if units.older else ""
    urls["subject"] = (
        reverse("dashboard-subject", args=[row.subject_type, row.subject_code])
        + f"?month={row.month:%Y-%m}"
        if row.subject_type in DASHBOARD_TYPES
        else ""
    )
    urls["definition"] = reverse("indicator-detail", args=[row.indicator])
    return urls


def _breadcrumbs(row: IndicatorValue, facts: dict[str, Any]) -> list[dict[str, str]]:
    definition = f"{reverse('indicator-detail', args=[row.indicator])}?month={row.month:%Y-%m}"
    return [
        {"label": "监测指标", "url": reverse("indicator-list")},
        {"label": facts["indicator"].label, "url": definition},
        {"label": facts["subject_name"]},
    ]
