"""One act on many rows: choose, confirm, do it row by row with the same operation as for one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from core.jobs.enqueue import enqueue
from core.jobs.models import Job
from core.operations import operation
from core.transitions import MissingInput, TransitionRefused
from inbox.models import BulkRun
from inbox.operations.bulk_row import act_of, do_one
from inbox.operations.notices import mark_read
from inbox.queries.notices import notices_of
from organisations.models import User
from organisations.queries.bulk_acts import BulkAct, add
from organisations.queries.scope import Scope

BULK_ACT = "bulk_act"
BULK_STEPS = "bulk_act_steps"
MOST_ROWS = 2_000
DIRECT_ROWS = 50
"""What is done while the browser waits; more is a job."""


@operation
def choose_rows(
    *, act: BulkAct, keys: Sequence[int], scope: Scope, by: User, at: datetime, back: str
) -> BulkRun:
    """Freeze the chosen rows, those of them that the person may see, each with its version.

    Raises MissingInput where nothing, or more than `MOST_ROWS`, was chosen.
    """
    if len(keys) > MOST_ROWS:
        raise MissingInput(
            "ids", f"一次最多办理 {MOST_ROWS:,} {act.unit}，请缩小筛选范围后分次办理"
        )
    found = {row.pk: row for row in act.rows(scope).filter(pk__in=list(keys))}
    rows = [found[key] for key in dict.fromkeys(keys) if key in found]
    if not rows:
        raise MissingInput("ids", f"没有选中任何一{act.unit}，请返回列表勾选后再办理")
    return BulkRun.objects.create(
        user=by,
        act=act.key,
        items=[[row.pk, act.version(row)] for row in rows],
        created_at=at,
        back=back[:2_000],
    )


@operation
def confirm_run(
    *, run: BulkRun, values: dict[str, Any], scope: Scope, by: User, at: datetime
) -> BulkRun:
    """Do a choice with what was filled in: few rows at once and together, many as a job.

    Raises TransitionRefused for a choice that was confirmed before.
    """
    locked = BulkRun.objects.select_for_update().get(pk=run.pk)
    if locked.state != BulkRun.State.CHOSEN and not _ended_early(locked):
        raise TransitionRefused("这一批已经办理过，不能重复办理；结果见本页")
    act = act_of(locked)
    locked.values = values
    left = len(locked.items) - len(locked.results)
    # A row in which a worker died is never tried where a browser waits.
    if left <= (DIRECT_ROWS if act.direct is None else act.direct) and not locked.suspects:
        return do_rows(run=locked, scope=scope, by=by, at=at)
    kind = BULK_STEPS if act.stepwise else BULK_ACT
    job = enqueue(kind=kind, key=str(locked.pk), arguments={"run": locked.pk}, by=by, at=at)
    locked.job_id = job.pk
    locked.state = BulkRun.State.RUNNING
    locked.save(update_fields=["values", "state", "job_id"])
    return locked


def _ended_early(run: BulkRun) -> bool:
    """Its job was cancelled, refused or given up: what is left may be confirmed again."""
    ended = (Job.State.CANCELLED, Job.State.REFUSED, Job.State.DEAD)
    return run.job_id is not None and Job.objects.filter(pk=run.job_id, state__in=ended).exists()


@operation
def do_rows(
    *,
    run: BulkRun,
    scope: Scope,
    by: User,
    at: datetime,
    tell: Callable[[int], None] = lambda done: None,
) -> BulkRun:
    """Do the act on each row by itself: one that is refused says why and does not hinder the rest.

    All that succeed are committed together with the results.
    """
    act = act_of(run)
    results = list(run.results)
    with act.around(scope, at):
        for key, version in run.items[len(results) :]:
            results.append(do_one(act, key, version, run.values, scope, by, at))
            tell(len(results))
    run.results = results
    run.state = BulkRun.State.DONE
    run.ended_at = at
    run.save(update_fields=["values", "results", "state", "ended_at"])
    return run


add(
    BulkAct(
        key="notice-read",
        page="notice-list",
        label="标为已读",
        icon="check",
        offered=lambda scope: scope.active,
        rows=notices_of,
        name=lambda notice: str(notice.title),
        perform=lambda notice, by, scope, at, values, version: mark_read(notice=notice, by=by),
        note="所选通知对您标为已读；同事是否已读不受影响。",
    )
)
