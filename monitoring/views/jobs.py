"""Long work: the list, one job with its progress, and the button that computes a month."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

import monitoring.tasks  # noqa: F401 - its kinds of job get their names by being imported
from core.jobs.models import Job
from core.transitions import Refusal
from core.views.errors import refusal_page
from monitoring.filters import JobFilter
from monitoring.indicators.cut import add_months
from monitoring.operations.request_computation import (
    cancel_job,
    may_compute,
    request_computation,
)
from monitoring.queries.jobs import JobRow, job_panel, job_row, result_lines, visible_work
from monitoring.tables import JOB_COLUMNS
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.scoped import ScopedDetailView, ScopedRows, ScopedView


def computes(scope: Scope) -> bool:
    """Those whose long work is the province's: months and imports."""
    return scope.is_business and (scope.is_province_bureau or scope.has_role("importer"))


class JobRows(ScopedRows):
    """Everybody finds what they asked for again: exports, bulk acts, imports."""

    def exists_for(self, scope: Scope) -> bool:
        return scope.active

    def visible(self, scope: Scope) -> QuerySet[Job]:
        return visible_work(scope)


class JobListView(JobRows, FilteredListView):
    template_name = "monitoring/job_list.html"
    page_title = "后台任务"
    page_note = "导出、批量办理、数据导入、月度计算等长时间工作；可以离开页面，结果一直保留"
    filterset_class = JobFilter
    columns = JOB_COLUMNS
    default_sort = "-queued"
    keyset = ("queued_at", "id")
    route = "job-list"
    bar = ("state", "mine")
    empty_title = "没有任务"
    empty_text = "导出大的列表、批量办理或导入数据后，任务会列在这里。"
    empty_icon = "clock"

    def everything(self, scope: Scope) -> QuerySet[Job]:
        return visible_work(scope)

    def visible(self, scope: Scope) -> QuerySet[Job]:
        return FilteredListView.visible(self, scope)

    def rows(self, objects: Iterable[Any]) -> list[JobRow]:
        return [job_row(self.scope, job) for job in objects]

    def row_key(self, row: JobRow) -> int:
        return int(row.job.pk)

    def row_label(self, row: JobRow) -> str:
        return row.label

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        starts = may_compute(self.scope)
        return super().get_context_data(
            may_compute=starts, months=_begun_months() if starts else [], **kwargs
        )


def _begun_months() -> list[dict[str, str]]:
    """This month and the 23 before it."""
    this_month = timezone.localdate().replace(day=1)
    months = [add_months(this_month, -back) for back in range(24)]
    return [
        {"value": f"{month:%Y-%m}", "label": f"{month.year}年{month.month}月"} for month in months
    ]


class JobDetailView(JobRows, ScopedDetailView):
    object: Job
    template_name = "monitoring/job_detail.html"
    key_field: ClassVar[str] = "pk"
    key: ClassVar[str] = "pk"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        job: Job = kwargs["object"]
        row = job_row(self.scope, job)
        return super().get_context_data(
            **kwargs
            | {
                "row": row,
                "panel": job_panel(row),
                "result_lines": result_lines(job),
                "page_title": row.label,
                "breadcrumbs": [
                    {"label": "后台任务", "url": reverse("job-list")},
                    {"label": row.label},
                ],
            }
        )


class JobPanelView(JobDetailView):
    """The part of the page that asks for itself again every two seconds."""

    template_name = "monitoring/_job_panel.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = super().get(request, *args, **kwargs)
        if self.object.state not in Job.OPEN_STATES:
            # The whole page has more to tell of a job that has ended: state, times, result.
            answer["HX-Refresh"] = "true"
        return answer


class JobCancelView(JobRows, ScopedDetailView):
    key_field: ClassVar[str] = "pk"
    key: ClassVar[str] = "pk"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        job: Job = self.get_object()
        try:
            cancel_job(job=job, scope=self.scope, by=self.user, at=timezone.now())
        except Refusal as refusal:
            return refusal_page(request, refusal)
        messages.success(request, "已请求取消，未完成的部分不会写入")
        return HttpResponseRedirect(reverse("job-detail", args=[job.pk]))


class ComputeMonthView(ScopedView):
    """Asks for a month; the answer is the page of its job."""

    http_method_names = ["post"]

    def exists_for(self, scope: Scope) -> bool:
        return computes(scope)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            job = request_computation(
                month=request.POST.get("month", ""),
                scope=self.scope,
                by=self.user,
                at=timezone.now(),
            )
        except Refusal as refusal:
            return refusal_page(request, refusal)
        return HttpResponseRedirect(reverse("job-detail", args=[job.pk]))
