"""What the clock does of a task: reminders before the end, and the end itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse

from core.audit.record import SystemActor, record
from core.operations import operation
from inbox.models import Notice
from inbox.operations.notices import NewNotice, notify
from organisations.models import Organisation
from volumes.models import ReportTask, VolumeReport
from volumes.queries.progress import missing_counts
from volumes.rules.window import REMIND_DAYS, moment
from volumes.states.report import INSIDE_STATES
from volumes.states.task import CLOCK as CLOCK_STANDING
from volumes.states.task import TASK_MACHINE

CLOCK = SystemActor(audit_name="定时任务")


@dataclass(frozen=True)
class DueCounts:
    """Tasks that were reminded of and closed, and units that were reminded."""

    reminded: int
    units: int
    closed: int


@operation
def follow_tasks(*, at: datetime) -> DueCounts:
    """Every day, safe to run twice: each task is reminded of once and closed once."""
    reminded = units = closed = 0
    soon = ReportTask.objects.select_for_update(of=("self",)).filter(
        state=ReportTask.State.OPEN, reminded_at__isnull=True, opens_at__lte=at,
        closes_at__lte=at + timedelta(days=REMIND_DAYS), closes_at__gt=at,
    )  # fmt: skip
    for row in soon.order_by("pk"):
        units += remind(row, at)
        reminded += 1
    for row in ReportTask.objects.filter(state=ReportTask.State.OPEN, closes_at__lte=at):
        TASK_MACHINE.perform(
            verb="close", obj=row, by=CLOCK, at=at, standings=lambda held: {CLOCK_STANDING}
        )
        closed += 1
    return DueCounts(reminded, units, closed)


def remind(row: ReportTask, at: datetime) -> int:
    """Tell each unit that has not handed in, and each bureau who is missing. Gives the units."""
    waiting = list(
        VolumeReport.objects.filter(task=row, is_obliged=True, state__in=INSIDE_STATES)
        .select_related("institution")
        .order_by("institution__code")
    )
    until = moment(row.closes_at)
    notices = [
        NewNotice(
            organisation_id=report.institution_id, key=f"report:{report.report_no}:remind",
            title=f"报量即将截止：{row.title}",
            body=f"{until} 截止，本单位现在是“{report.get_state_display()}”，请按时提交。",
            url=reverse("volume-report", args=[report.report_no]),
            category=Notice.Category.DEADLINE,
        )
        for report in waiting
    ]  # fmt: skip
    regions = missing_counts(row)
    bureaus = Organisation.objects.filter(kind="bureau", is_active=True, region_id__in=regions)
    notices += [
        NewNotice(
            organisation_id=bureau.pk, key=f"report_task:{row.task_no}:missing:{bureau.pk}",
            title=f"还有 {regions[bureau.region_id]:,} 家单位没有提交报量：{row.title}",
            body=f"{until} 截止。名单见任务页面。",
            url=f"{reverse('report-task', args=[row.task_no])}?state=missing",
            category=Notice.Category.DEADLINE,
        )
        for bureau in bureaus if bureau.region_id is not None
    ]  # fmt: skip
    notify(notices=notices, at=at)
    row.reminded_at = at
    row.save(update_fields=["reminded_at"])
    record(
        by=CLOCK, at=at, action="report_task.remind", object_type="report_task", object_key=row.pk,
        object_label=row.title, detail={"units": len(waiting)},
    )  # fmt: skip
    return len(waiting)
