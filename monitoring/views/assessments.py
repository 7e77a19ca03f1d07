"""年度考核: institutions, their groups with pass or fail and why, and asking for a computation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

import monitoring.tasks  # noqa: F401 - its kinds of job get their names by being imported
from core.transitions import MissingInput, Refusal
from core.views.errors import refusal_page
from monitoring.filters.assessments import AssessedGroupFilter, AssessedUnitFilter
from monitoring.forms.assessments import AssessYearForm
from monitoring.operations.assessments.request import request_assessment
from monitoring.queries.assessed import (
    GroupRow,
    UnitRow,
    ended_years,
    group_rows,
    may_assess,
    unit_rows,
    visible_assessed_groups,
    visible_assessed_units,
)
from monitoring.queries.filter_options import batch_options
from monitoring.tables.assessments import GROUP_COLUMNS, UNIT_COLUMNS
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedTemplateView

LABEL = "年度执行考核"
METHOD = (
    "采购年度结束后按品种考核：约定采购量未完成，或者非中选产品占比超过规定的不合格；"
    "没有已生效协议的品种不考核。与结余留用、年度通报是同一结果"
)


class AssessmentTabs(FilteredListView):
    """Two lists of one matter."""

    default_sort = "-order"
    keyset = ("id",)
    empty_icon = "clipboard-check"
    empty_text = "采购年度结束后一个月自动计算，省级也可以提前计算。"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tabs = [
            {"label": label, "url": reverse(route), "active": route == self.route}
            for label, route in (("按机构", "assessed-units"), ("按品种", "assessed-groups"))
        ]
        new = {"label": "计算年度执行考核", "icon": "report-analytics", "url": reverse("assess-year"),
               "kind": "primary"}  # fmt: skip
        return super().get_context_data(
            tabs=tabs, actions=[new] if may_assess(self.scope) else [], **kwargs
        )

    def filter_options(self) -> Mapping[str, list[dict[str, str]]]:
        return {"batch": batch_options(self.scope)}


class AssessedUnitListView(AssessmentTabs):
    page_title = LABEL
    page_note = METHOD
    filterset_class = AssessedUnitFilter
    columns = UNIT_COLUMNS
    route, export_route, sheet_name = "assessed-units", "assessed-units-export", "机构年度考核"
    bar = ("batch", "year_no", "verdict", "ended")
    search_hint = "机构、拼音首字母、代码"
    empty_title = "还没有年度执行考核"

    def everything(self, scope: Scope) -> QuerySet[Any]:
        return visible_assessed_units(scope)

    def rows(self, objects: Iterable[Any]) -> list[UnitRow]:
        return unit_rows(objects)

    def row_key(self, row: UnitRow) -> int:
        return int(row.unit.pk)

    def row_label(self, row: UnitRow) -> str:
        return f"{row.name} {row.batch}"


class AssessedUnitExportView(ExportMixin, AssessedUnitListView):
    pass


class AssessedGroupListView(AssessmentTabs):
    page_title = "年度执行考核：按品种"
    page_note = METHOD
    filterset_class = AssessedGroupFilter
    columns = GROUP_COLUMNS
    route, export_route, sheet_name = "assessed-groups", "assessed-groups-export", "品种年度考核"
    bar = ("batch", "year_no", "result", "because")
    held = ("institution",)
    search_hint = "机构、品种、拼音首字母"
    empty_title = "没有符合条件的品种"

    def everything(self, scope: Scope) -> QuerySet[Any]:
        return visible_assessed_groups(scope).select_related("group")

    def rows(self, objects: Iterable[Any]) -> list[GroupRow]:
        return group_rows(objects)

    def row_key(self, row: GroupRow) -> int:
        return int(row.row.pk)

    def row_label(self, row: GroupRow) -> str:
        return f"{row.name} {row.row.group.name}"


class AssessedGroupExportView(ExportMixin, AssessedGroupListView):
    pass


class AssessYearView(ScopedTemplateView):
    """Ask for the computation of an ended year: a job, for which the asker does not wait."""

    template_name = "monitoring/assess_year.html"
    page_title = "计算年度执行考核"
    page_note = METHOD

    def exists_for(self, scope: Scope) -> bool:
        return may_assess(scope)

    def form(self, *args: Any) -> AssessYearForm:
        return AssessYearForm(*args, years=ended_years(self.scope, timezone.localdate()))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", self.form())
        return super().get_context_data(
            list_url=reverse("assessed-units"),
            breadcrumbs=[{"label": LABEL, "url": reverse("assessed-units")}, {"label": "计算"}],
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if form.is_valid():
            batch, year_no = form.batch_and_year()
            try:
                job = request_assessment(
                    batch=batch, year_no=year_no, by=self.user, scope=self.scope,
                    at=timezone.now(),
                )  # fmt: skip
                return HttpResponseRedirect(reverse("job-detail", args=[job.pk]))
            except MissingInput as missing:
                form.add_error("year", missing.reason)
            except Refusal as refusal:
                return refusal_page(request, refusal, form)
        return self.render_to_response(self.get_context_data(form=form), status=400)
