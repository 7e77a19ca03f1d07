"""Tasks: all that one sees, a new one, one with its counters and steps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.queries.visible import visible_batches
from core.transitions import MissingInput, NotYours, Refusal, StaleVersion, Verdict
from core.views.conflict import Conflict, conflict_page, kept, typed
from core.views.errors import refusal_page
from core.views.object_page import offered_actions
from organisations.queries.object_steps import steps_of
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView, ScopedTemplateView
from volumes.filters import ReportTaskFilter
from volumes.forms import StepForm, TaskForm, initial_task, task_initial
from volumes.models import ReportTask
from volumes.operations.tasks.draft import NOT_YOURS, draft_task, edit_task
from volumes.operations.tasks.open import withdraw_task
from volumes.operations.tasks.request import request_open
from volumes.operations.tasks.volunteer import volunteer, volunteering
from volumes.queries.progress import (
    opening_job,
    progress_by_region,
    state_counts,
    total_progress,
)
from volumes.queries.rows import TaskRow, task_rows, tasks_with_batch
from volumes.queries.standings import opens_tasks, task_standings
from volumes.queries.visible import sees_reports, visible_reports
from volumes.rules.deviation import limit_words
from volumes.states.task import TASK_MACHINE
from volumes.tables import TASK_COLUMNS

REGIONS_SHOWN = 200


class OfReports:
    """Institutions, agencies and authorities have these pages; enterprises have none."""

    def exists_for(self, scope: Scope) -> bool:
        return sees_reports(scope)


class TaskListView(OfReports, FilteredListView):
    page_title = "报量任务"
    page_note = "每个批次年度报哪些品种、由谁报、到什么时候为止；须报的单位从第一天起都在名单上"
    filterset_class = ReportTaskFilter
    columns = TASK_COLUMNS
    default_sort = "-closes"
    route, export_route, sheet_name = "report-tasks", "report-tasks-export", "报量任务"
    bar = ("state", "kind")
    search_hint = "任务名称、编号、批次代码"
    empty_title = "没有报量任务"
    empty_text = "医保局发布任务后在此列出。"

    def everything(self, scope: Scope) -> QuerySet[ReportTask]:
        return tasks_with_batch(scope)

    def rows(self, objects: Iterable[Any]) -> list[TaskRow]:
        return task_rows(self.scope, objects)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if opens_tasks(self.scope):
            context["actions"] = [
                {"label": "新的报量任务", "icon": "plus", "kind": "primary", "url": reverse("report-task-new")}
            ]  # fmt: skip
        return context


class TaskExportView(ExportMixin, TaskListView):
    pass


class OfTaskMakers:
    """The bureaus of a province and its cities; their people without the role are told why not."""

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_bureau and scope.region_level in ("province", "city")

    def entry(self, scope: Scope) -> Verdict:
        return Verdict(opens_tasks(scope), "" if opens_tasks(scope) else NOT_YOURS)


class TaskNewView(OfTaskMakers, ScopedTemplateView):
    template_name = "volumes/task_new.html"
    page_title = "新的报量任务"
    page_note = "先存为草稿，核对后发布；发布之前只有本局能看到"

    def form(self, data: Any = None) -> TaskForm:
        initial = initial_task(timezone.now())
        if self.scope.region_level == "city":
            initial["review_levels"] = ["county", "city"]
        return TaskForm(data, batches=self.batches(), initial=initial)

    def batches(self) -> list[Any]:
        return list(visible_batches(self.scope).order_by("-effective_on", "code"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        crumbs = [{"label": "报量任务", "url": reverse("report-tasks")}, {"label": "新建"}]
        return super().get_context_data(
            **{"form": self.form(), "breadcrumbs": crumbs, "draft_key": "report-task-new", **kwargs}
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if form.is_valid():
            try:
                task = draft_task(
                    values=form.values(), by=self.user, scope=self.scope, at=timezone.now()
                )
            except MissingInput as missing:
                form.add_error(
                    missing.field if missing.field in form.fields else None, missing.reason
                )
            except Refusal as refusal:
                return refusal_page(request, refusal, form)
            else:
                messages.success(request, "已存为草稿，核对后发布")
                return HttpResponseRedirect(reverse("report-task", args=[task.task_no]))
        return self.render_to_response(self.get_context_data(form=form), status=400)


class TaskDetailView(OfReports, ScopedDetailView):
    template_name = "volumes/task.html"
    key_field: ClassVar[str] = "task_no"
    key: ClassVar[str] = "task_no"

    def visible(self, scope: Scope) -> QuerySet[ReportTask]:
        return tasks_with_batch(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        task: ReportTask = kwargs["object"]
        level = {"province": "city", "city": "county"}.get(self.scope.region_level, "")
        own = visible_reports(self.scope).filter(task=task).select_related("institution")
        offers = TASK_MACHINE.offers(task, task_standings(self.scope, task))
        is_institution = self.scope.kind == "institution"
        return super().get_context_data(
            row=task_rows(self.scope, [task])[0],
            groups=list(task.task_groups.select_related("group").order_by("position")),
            regions=list(task.task_regions.select_related("region").order_by("region__code")),
            limits=limit_words(drop_max=task.drop_max, rise_max=task.rise_max),
            total=total_progress(self.scope, task),
            states=state_counts(self.scope, task),
            by_level=progress_by_region(self.scope, task, level)[:REGIONS_SHOWN] if level else [],
            by_county=(
                progress_by_region(self.scope, task, "county")[:REGIONS_SHOWN]
                if level == "city" else []
            ),
            level_label={"city": "设区市", "county": "县（市、区）"}.get(level, ""),
            own_reports=list(own.order_by("institution__code")[:50]) if is_institution else [],
            opening=opening_job(task) if task_standings(self.scope, task) else None,
            volunteering=volunteering(self.scope, task, timezone.now()),
            may_edit=task.state == "draft" and bool(task_standings(self.scope, task)),
            offered=offered_actions(
                offers, url=lambda verb: reverse("report-task-act", args=[task.task_no, verb]),
                version=task.row_version,
            ),
            timeline=steps_of(self.scope, "report_task", task.pk),
            breadcrumbs=[
                {"label": "报量任务", "url": reverse("report-tasks")}, {"label": task.task_no},
            ],
            **{**kwargs, "page_title": task.title, "page_note": f"{task.batch.name} 第 {task.year_no} 采购年度"},
        )  # fmt: skip


class TaskEditView(OfTaskMakers, TaskDetailView):
    """The draft's form again; what is published is no longer edited."""

    object: ReportTask
    template_name = "volumes/task_new.html"

    def visible(self, scope: Scope) -> QuerySet[ReportTask]:
        own = tasks_with_batch(scope)
        return own.filter(organisation_id=scope.organisation_id, state="draft")

    def form(self, data: Any = None) -> TaskForm:
        batches = visible_batches(self.scope).order_by("-effective_on", "code")
        return TaskForm(data, batches=batches, initial=None if data else task_initial(self.object))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        task: ReportTask = kwargs["object"]
        return ScopedTemplateView.get_context_data(
            self,
            form=kwargs.get("form") or self.form(),
            editing=task,
            draft_key=f"report-task-{task.task_no}",
            version=task.row_version,
            page_title=f"修改：{task.title}",
            breadcrumbs=[
                {"label": "报量任务", "url": reverse("report-tasks")},
                {"label": task.task_no, "url": reverse("report-task", args=[task.task_no])},
                {"label": "修改"},
            ],
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        form = self.form(request.POST)
        if form.is_valid():
            try:
                edit_task(
                    task=self.object, values=form.values(), by=self.user, scope=self.scope,
                    at=timezone.now(), seen_version=form.cleaned_data["version"],
                )  # fmt: skip
            except StaleVersion as stale:
                return self._conflict(form, stale)
            except MissingInput as missing:
                form.add_error(
                    missing.field if missing.field in form.fields else None, missing.reason
                )
            except Refusal as refusal:
                return refusal_page(request, refusal, form)
            else:
                messages.success(request, "已保存")
                return HttpResponseRedirect(reverse("report-task", args=[self.object.task_no]))
        return self.render_to_response(
            self.get_context_data(object=self.object, form=form), status=400
        )

    def _conflict(self, form: TaskForm, stale: StaleVersion) -> HttpResponse:
        now: ReportTask = self.get_object()
        return conflict_page(
            self.request,
            Conflict(
                reason=stale.reason, mine=typed(form), theirs=kept(form, task_initial(now)),
                who=now.state_by_name, at=now.state_at, title=now.title,
                back_url=reverse("report-task-edit", args=[now.task_no]),
            ),
        )  # fmt: skip


class TaskActView(TaskDetailView):
    """Open or withdraw a draft."""

    http_method_names = ["post"]
    done: ClassVar[dict[str, str]] = {
        "open": "已发布：须报的单位都已列入名单，并收到待办和通知", "withdraw": "已撤销",
    }  # fmt: skip

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        verb = self.kwargs["verb"]
        if verb not in self.done:
            raise Http404
        task: ReportTask = self.get_object()
        form = StepForm(request.POST)
        try:
            if not form.is_valid():
                raise MissingInput("version", "页面内容不完整，请刷新后再办理")
            common: dict[str, Any] = {
                "task": task, "by": self.user, "scope": self.scope, "at": timezone.now(),
                "seen_version": form.cleaned_data["version"],
            }  # fmt: skip
            job = None
            if verb == "open":
                job = request_open(**common)
            else:
                withdraw_task(**common)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        if job is not None:
            messages.success(
                request, "正在发布：须报单位较多，可以离开，完成后在任务页面和后台任务中查看"
            )
            return HttpResponseRedirect(reverse("job-detail", args=[job.pk]))
        messages.success(request, self.done[verb])
        return HttpResponseRedirect(reverse("report-task", args=[task.task_no]))


class TaskVolunteerView(TaskDetailView):
    """An institution that need not report asks to."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        task: ReportTask = self.get_object()
        if self.scope.kind != "institution":
            return refusal_page(request, NotYours("自愿填报由医疗机构的经办、审核或负责人申请"))
        try:
            report = volunteer(task=task, by=self.user, scope=self.scope, at=timezone.now())
        except Refusal as refusal:
            return refusal_page(request, refusal)
        messages.success(request, "已列入名单，请按时填报")
        return HttpResponseRedirect(reverse("volume-report", args=[report.report_no]))
