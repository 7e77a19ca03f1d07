"""Open a task at once, or as a job where a whole province has to be asked."""

from __future__ import annotations

from datetime import datetime

from core.jobs.enqueue import enqueue
from core.jobs.models import Job
from core.operations import operation
from core.transitions import NotYours, StaleVersion, TransitionRefused
from organisations.models import User
from organisations.queries.scope import Scope
from volumes.models import ReportTask
from volumes.operations.tasks.list_units import count_units
from volumes.operations.tasks.open import may_open, open_task
from volumes.queries.progress import OPEN_TASK
from volumes.queries.standings import task_standings
from volumes.states.task import TASK_MACHINE

AT_ONCE = 300
"""Institutions that are asked while the page waits; opening a task for more is a job."""


@operation
def request_open(
    *, task: ReportTask, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> Job | None:
    """Open the task now, or queue its opening where more than AT_ONCE units have to be asked.

    What refuses the opening refuses it here too; asked for again, it gives the job that waits.
    Raises as `open_task`; None where the task is open.
    """
    row = ReportTask.objects.select_for_update(of=("self",)).get(pk=task.pk)
    verdict = TASK_MACHINE.verdict(TASK_MACHINE.named("open"), row, task_standings(scope, row))
    if not verdict:
        if not task_standings(scope, row):
            raise NotYours.of(verdict)
        raise TransitionRefused.of(verdict)
    if seen_version is not None and row.row_version != seen_version:
        raise StaleVersion("该任务已由他人修改，请刷新核对后再发布")
    may_open(row, at)
    if count_units(row, at) <= AT_ONCE:
        open_task(task=row, by=by, scope=scope, at=at, seen_version=seen_version)
        return None
    return enqueue(
        kind=OPEN_TASK, key=row.task_no,
        arguments={"task": row.task_no, "user": by.pk, "version": row.row_version}, by=by, at=at,
    )  # fmt: skip
