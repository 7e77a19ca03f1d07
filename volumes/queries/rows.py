"""Tasks and reports as lists and pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from organisations.queries.scope import Scope
from volumes.models import ReportTask, VolumeReport
from volumes.queries.visible import visible_report_tasks, visible_reports
from volumes.rules.window import ends_at
from volumes.states import report as report_states
from volumes.states import task as task_states
from volumes.states.report import HANDED_STATES, INSIDE_STATES


@dataclass(frozen=True)
class TaskRow:
    """A task with how far those are whom the reader sees."""

    task: ReportTask
    obliged: int
    submitted: int

    @property
    def pk(self) -> int:
        return int(self.task.pk)

    @property
    def state(self) -> str:
        if self.task.state == "open" and timezone.now() >= self.task.closes_at:
            return "已截止"
        if self.task.state == "open" and timezone.now() < self.task.opens_at:
            return "已发布，未开始"
        return str(self.task.get_state_display())

    @property
    def level(self) -> str:
        return task_states.LEVELS[self.task.state]

    @property
    def progress(self) -> str:
        return f"{self.submitted:,} / {self.obliged:,}" if self.obliged else "—"


def tasks_with_batch(scope: Scope) -> QuerySet[ReportTask]:
    return visible_report_tasks(scope).select_related("batch", "organisation", "region")


def task_rows(scope: Scope, tasks: Iterable[ReportTask]) -> list[TaskRow]:
    """With their counters; one query for any number."""
    listed = list(tasks)
    counted = (
        visible_reports(scope)
        .filter(task__in=[task.pk for task in listed], is_obliged=True)
        .order_by()
        .values("task_id")
        .annotate(obliged=Count("pk"), submitted=Count("pk", filter=Q(state__in=HANDED_STATES)))
    )
    found = {row["task_id"]: row for row in counted}
    nothing: dict[str, Any] = {"obliged": 0, "submitted": 0}
    return [
        TaskRow(
            task, found.get(task.pk, nothing)["obliged"], found.get(task.pk, nothing)["submitted"]
        )
        for task in listed
    ]


def task_options(scope: Scope) -> list[dict[str, str]]:
    """The hundred newest tasks that were opened, as choices of a list's filter; one query."""
    tasks = visible_report_tasks(scope).exclude(state__in=("draft", "withdrawn"))
    rows = tasks.order_by("-closes_at").values_list("task_no", "title")[:100]
    return [{"value": number, "label": title} for number, title in rows]


@dataclass(frozen=True)
class ReportRow:
    """A report with who holds it and until when."""

    report: VolumeReport
    now: datetime

    @property
    def pk(self) -> int:
        return int(self.report.pk)

    @property
    def state(self) -> str:
        return str(self.report.get_state_display())

    @property
    def level(self) -> str:
        return report_states.LEVELS[self.report.state]

    @property
    def ends_at(self) -> datetime:
        return ends_at(self.report.task.closes_at, self.report.extended_until)

    @property
    def late(self) -> bool:
        return self.report.state in INSIDE_STATES and self.now >= self.ends_at

    @property
    def holder(self) -> str:
        """Who has it: the people of the unit by their step, or the bureau."""
        inside = {"hospital_review": "审核", "leader_review": "负责人"}
        if self.report.state in INSIDE_STATES:
            return f"{self.report.institution.name} {inside.get(self.report.state, '经办')}"
        if self.report.office is not None and self.report.state != "confirmed":
            return str(self.report.office.name)
        return ""


def reports_with_parties(scope: Scope) -> QuerySet[VolumeReport]:
    return visible_reports(scope).select_related(
        "task__batch", "task__organisation", "institution", "county", "city", "office", "consortium"
    )


def report_rows(reports: Iterable[VolumeReport]) -> list[ReportRow]:
    now = timezone.now()
    return [ReportRow(report, now) for report in reports]
