"""Who has handed in: 'submitted X of Y' by county, city and province; set-based."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from core.jobs.models import Job
from organisations.models import Region
from organisations.queries.scope import Scope
from volumes.models import ReportTask, VolumeReport
from volumes.queries.visible import visible_reports
from volumes.states.report import HANDED_STATES, INSIDE_STATES, ReportState

OPEN_TASK = "open_report_task"
"""Kind of the job that opens a task for more units than a page can wait for."""


@dataclass(frozen=True)
class RegionProgress:
    """Obliged units of a region: all of them, those that handed in, and those confirmed."""

    region: Region
    obliged: int
    submitted: int
    confirmed: int
    not_started: int

    @property
    def missing(self) -> int:
        return self.obliged - self.submitted

    @property
    def share(self) -> float:
        return self.submitted / self.obliged if self.obliged else 0.0


COUNTS: dict[str, Any] = {
    "obliged": Count("pk"),
    "submitted": Count("pk", filter=Q(state__in=HANDED_STATES)),
    "confirmed": Count("pk", filter=Q(state="confirmed")),
    "not_started": Count("pk", filter=Q(state="not_started")),
}


def obliged_reports(scope: Scope, task: ReportTask) -> QuerySet[VolumeReport]:
    """Of those that one sees, the ones that must report."""
    return visible_reports(scope).filter(task=task, is_obliged=True)


def total_progress(scope: Scope, task: ReportTask) -> dict[str, int]:
    """`obliged`, `submitted`, `confirmed`, `not_started` of all that one sees; one query."""
    found: dict[str, int] = obliged_reports(scope, task).aggregate(**COUNTS)
    return found


def state_counts(scope: Scope, task: ReportTask) -> list[tuple[str, str, int]]:
    """(state, label, number) in the order of the flow; states without reports are left out."""
    rows = visible_reports(scope).filter(task=task).values("state").annotate(n=Count("pk"))
    found = {row["state"]: row["n"] for row in rows.order_by()}
    return [
        (str(key), str(label), found[key]) for key, label in ReportState.choices if key in found
    ]


def progress_by_region(scope: Scope, task: ReportTask, level: str) -> list[RegionProgress]:
    """The same by `county` or `city`, those with the most missing first; two queries.

    Units that stand directly under a city or the province are counted there only.
    """
    rows = list(
        obliged_reports(scope, task)
        .filter(**{f"{level}__isnull": False})
        .order_by()
        .values(f"{level}_id")
        .annotate(**COUNTS)
    )
    regions = Region.objects.select_related("parent").in_bulk([row[f"{level}_id"] for row in rows])
    found = [RegionProgress(regions[row.pop(f"{level}_id")], **row) for row in map(dict, rows)]
    return sorted(found, key=lambda each: (-each.missing, each.region.code))


def missing_counts(task: ReportTask) -> dict[int, int]:
    """Region → obliged units that have not handed in, for every county, city and the province."""
    waiting = VolumeReport.objects.filter(task=task, is_obliged=True, state__in=INSIDE_STATES)
    counted: dict[int, int] = {}
    for level in ("county", "city", "province"):
        rows = waiting.filter(**{f"{level}__isnull": False}).order_by()
        counted |= dict(rows.values_list(f"{level}_id").annotate(n=Count("pk")))
    return counted


def opening_job(task: ReportTask) -> Job | None:
    """The job that opens this draft just now, or that last tried to; None where nobody asked."""
    if task.state != ReportTask.State.DRAFT:
        return None
    return Job.objects.filter(kind=OPEN_TASK, key=task.task_no).order_by("-id").first()
