"""One act on many rows: choose, confirm, do it row by row with the same operation as for one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import InterfaceError, OperationalError, transaction

from core.jobs.enqueue import enqueue
from core.jobs.models import Job
from core.operations import operation
from core.transitions import MissingInput, Refusal, TransitionRefused
from inbox.models import BulkRun
from inbox.operations.notices import mark_read
from inbox.queries.notices import notices_of
from organisations.models import User
from organisations.queries.bulk_acts import BulkAct, act_named, add
from organisations.queries.scope import Scope

logger = logging.getLogger(__name__)
BULK_ACT = "bulk_act"
BULK_STEPS = "bulk_act_steps"
MOST_ROWS = 2_000
DIRECT_ROWS = 50
"""What is done while the browser waits; more is a job."""
FAULT = "平台办理这一条时出错，没有写入；请单独重试，仍不行请联系平台运维"


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
    act = _act(locked)
    locked.values = values
    if len(locked.items) - len(locked.results) <= (
        DIRECT_ROWS if act.direct is None else act.direct
    ):
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
    act = _act(run)
    results = list(run.results)
    with act.around(scope, at):
        for key, version in run.items[len(results) :]:
            results.append(_do_one(act, key, version, run.values, scope, by, at))
            tell(len(results))
    run.results = results
    run.state = BulkRun.State.DONE
    run.ended_at = at
    run.save(update_fields=["values", "results", "state", "ended_at"])
    return run


def do_steps(
    *, run_id: int, scope: Scope, by: User, at: datetime, tell: Callable[[int], None]
) -> BulkRun:
    """As `do_rows`, but each row and its result are committed together, one after the other.

    Called again after a worker was killed it goes on behind the last committed row; two that run
    at once take turns at the run's lock, so no row is done twice.
    """
    run = BulkRun.objects.get(pk=run_id)
    with _act(run).around(scope, at):
        while run.state != BulkRun.State.DONE:
            run = _do_next(run_id=run_id, scope=scope, by=by, at=at)
            tell(len(run.results))
    return run


@operation
def _do_next(*, run_id: int, scope: Scope, by: User, at: datetime) -> BulkRun:
    run = BulkRun.objects.select_for_update().get(pk=run_id)
    if run.state == BulkRun.State.DONE:
        return run
    if len(run.results) < len(run.items):
        key, version = run.items[len(run.results)]
        run.results.append(_do_or_report(_act(run), key, version, run.values, scope, by, at))
    if len(run.results) == len(run.items):
        run.state = BulkRun.State.DONE
        run.ended_at = at
    run.save(update_fields=["results", "state", "ended_at"])
    return run


def _do_or_report(
    act: BulkAct,
    key: int,
    version: int,
    values: dict[str, Any],
    scope: Scope,
    by: User,
    at: datetime,
) -> dict[str, Any]:
    """One row that fails by a mistake of ours must not hold up the rows behind it."""
    try:
        return _do_one(act, key, version, values, scope, by, at)
    except (OperationalError, InterfaceError):
        # The database is away or asks for a repetition: nothing is wrong with the row.
        raise
    except Exception:
        logger.exception("bulk act %s failed on row %s", act.key, key)
        return {"key": key, "label": str(key), "ok": False, "reason": FAULT}


def _act(run: BulkRun) -> BulkAct:
    act = act_named(run.act)
    if act is None:
        raise TransitionRefused("本版本没有这一批量事项，请联系平台运维")
    return act


def _do_one(
    act: BulkAct,
    key: int,
    version: int,
    values: dict[str, Any],
    scope: Scope,
    by: User,
    at: datetime,
) -> dict[str, Any]:
    row = act.rows(scope).filter(pk=key).first()
    if row is None:
        return {"key": key, "label": str(key), "ok": False, "reason": "已不在您可见的范围内"}
    told = {"key": key, "label": act.name(row), "ok": True, "reason": ""}
    try:
        with transaction.atomic():
            act.perform(row, by, scope, at, values, version)
    except Refusal as refusal:
        return told | {"ok": False, "reason": refusal.reason}
    return told


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
