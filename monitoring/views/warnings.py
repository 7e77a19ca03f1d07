"""The list of warnings, one warning, and its file for Excel."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from core.lists.keyset import capped_count, keyset_page
from core.lists.workbook import workbook_response
from core.transitions import MissingInput
from core.views.errors import refusal_page
from monitoring.filters import STAGES, WarningFilter
from monitoring.models import Warning
from monitoring.queries.filter_options import batch_options, month_options
from monitoring.queries.visible import visible_warnings
from monitoring.queries.warning_page import warning_page
from monitoring.queries.warning_rows import warning_rows
from monitoring.rules import MONTHLY_RULES
from monitoring.tables import WARNING_COLUMNS, WARNING_SHEET, warning_sheet_rows
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedDetailView, ScopedRows, ScopedTemplateView

EXPORT_LIMIT = 50_000
ORDER = ("last_month", "id")


class WarningRows(ScopedRows):
    """The warnings that one may see, as the address filters them."""

    request: HttpRequest

    def visible(self, scope: Scope) -> QuerySet[Warning]:
        chosen = WarningFilter(self.request.GET, queryset=visible_warnings(scope))
        for name, errors in chosen.errors.items():
            label = chosen.form.fields[name].label
            raise MissingInput(name, f"筛选条件“{label}”不能识别：{errors[0]}")
        return chosen.qs


class WarningListView(WarningRows, ScopedTemplateView):
    template_name = "monitoring/warning_list.html"
    page_title = "预警"
    page_note = "每月 1 日按监测指标自动发出；被预警单位签收、说明，所属医保局核实办结"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return self.render_to_response(self.get_context_data(**kwargs))
        except MissingInput as broken:
            return refusal_page(request, broken)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.get_queryset()
        page = keyset_page(rows, order=ORDER, cursor=self.request.GET.get("cursor", ""))
        count = capped_count(rows)
        return super().get_context_data(
            rows=warning_rows(page.rows),
            columns=WARNING_COLUMNS,
            newer_url=self._with(cursor=page.newer) if page.newer else "",
            older_url=self._with(cursor=page.older) if page.older else "",
            total=count.number,
            capped=count.capped,
            given=self.request.GET,
            options={
                "severity": Warning.Severity.choices,
                "rule": [(rule.code, rule.label) for rule in MONTHLY_RULES],
                "stage": STAGES,
                "batch": batch_options(self.scope),
                "month": month_options(self.scope),
            },
            export_url=f"{reverse('warning-export')}?{self._query()}",
            **kwargs,
        )

    def _query(self, **changes: str) -> str:
        query = self.request.GET.copy()
        query.pop("cursor", None)
        for name, value in changes.items():
            query[name] = value
        return query.urlencode()

    def _with(self, **changes: str) -> str:
        return f"?{self._query(**changes)}"


class WarningExportView(WarningRows, ScopedTemplateView):
    """Exactly the filtered list as Excel; above the limit it says so instead of cutting off."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = self.get_queryset()
        if capped_count(rows, EXPORT_LIMIT).capped:
            return refusal_page(
                request,
                MissingInput(
                    "q", f"符合条件的预警超过 {EXPORT_LIMIT:,} 条，请按月份或批次筛选后分次导出"
                ),
            )
        found = warning_rows(rows.order_by("-last_month", "-id"))
        return workbook_response(
            name=f"预警_{timezone.localdate():%Y%m%d}",
            columns=WARNING_SHEET,
            rows=warning_sheet_rows(found),
        )


class WarningDetailView(ScopedDetailView):
    template_name = "monitoring/warning_detail.html"
    key_field: ClassVar[str] = "warning_no"
    key: ClassVar[str] = "warning_no"

    def visible(self, scope: Scope) -> QuerySet[Warning]:
        return visible_warnings(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        warning: Warning = kwargs["object"]
        page = warning_page(warning, self.scope, timezone.now())
        return super().get_context_data(
            page=page,
            breadcrumbs=[
                {"label": "预警", "url": reverse("warning-list")},
                {"label": warning.warning_no},
            ],
            **{**kwargs, "page_title": f"{page.row.label} · {page.row.subject}"},
        )
