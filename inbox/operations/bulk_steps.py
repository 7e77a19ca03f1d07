"""A long act row by row, each committed by itself: what a killed worker leaves is gone on with."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import Error, InterfaceError, OperationalError, connection

from core.operations import operation
from inbox.models import BulkRun
from inbox.operations.bulk_row import act_of, do_row
from organisations.models import User
from organisations.queries.bulk_acts import BulkAct
from organisations.queries.scope import Scope

logger = logging.getLogger(__name__)
FAULT = "平台办理这一条时出错，没有写入；请单独重试，仍不行请联系平台运维"
KILLED_TWICE = "办理这一条时执行程序两次意外中断，没有写入；请联系平台运维检查后再单独办理"
READ_AHEAD = 50


def do_steps(
    *, run_id: int, scope: Scope, by: User, at: datetime, tell: Callable[[int], None]
) -> BulkRun:
    """Do each row and commit it with its result; call `tell` with how many are done.

    Called again after a worker was killed it goes on behind the last committed row; two that run
    at once take turns at the run's lock, so no row is done twice. The row in which a worker died
    is tried again as the last one, so that it cannot hold up the others; a second death in it
    ends it as not done, with the reason.
    """
    run = _take_up(run_id=run_id, at=at)
    act = act_of(run)
    ahead = _Ahead(act, scope)
    try:
        with act.around(scope, at):
            while run.state != BulkRun.State.DONE:
                run = _do_next(run_id=run_id, ahead=ahead, scope=scope, by=by, at=at)
                tell(len(run.results))
    except BaseException:
        _leave(run_id)
        raise
    return run


class _Ahead:
    """The next rows, read by fifty: a query for each costs as much as a signature's writes.

    Visibility is the person's as of the reading; `perform` locks its row and looks at the version.
    """

    def __init__(self, act: BulkAct, scope: Scope) -> None:
        self.act, self.scope = act, scope
        self.rows: dict[int, Any] = {}

    def row(self, run: BulkRun) -> Any:
        first = len(run.results)
        key = run.items[first][0]
        if key not in self.rows:
            keys = [each for each, _ in run.items[first : first + READ_AHEAD]]
            found = {row.pk: row for row in self.act.rows(self.scope).filter(pk__in=keys)}
            self.rows = {each: found.get(each) for each in keys}
        return self.rows[key]


@operation
def _take_up(*, run_id: int, at: datetime) -> BulkRun:
    """A row that was begun and never ended has killed its worker: last, and not a third time."""
    run = BulkRun.objects.select_for_update().get(pk=run_id)
    left = run.items[len(run.results) :]
    dead = next((item for item in left if item[0] == run.begun_key), None)
    if dead is not None:
        left.remove(dead)
        if dead[0] in run.suspects:
            run.items = [*run.items[: len(run.results)], dead, *left]
            run.results.append(_not_done(dead[0], KILLED_TWICE))
        else:
            run.items = [*run.items[: len(run.results)], *left, dead]
            run.suspects.append(dead[0])
    return _keep(run, at)


@operation
def _do_next(*, run_id: int, ahead: _Ahead, scope: Scope, by: User, at: datetime) -> BulkRun:
    run = BulkRun.objects.select_for_update().get(pk=run_id)
    if run.state == BulkRun.State.DONE:
        return run
    if len(run.results) < len(run.items):
        run.results.append(_do_or_report(ahead, run, scope, by, at))
    return _keep(run, at)


def _keep(run: BulkRun, at: datetime) -> BulkRun:
    """The results so far, and in the same commit which row is begun next."""
    left = run.items[len(run.results) :]
    run.begun_key = left[0][0] if left else None
    if not left and run.state != BulkRun.State.DONE:
        run.state = BulkRun.State.DONE
        run.ended_at = at
    run.save(update_fields=["items", "results", "state", "ended_at", "begun_key", "suspects"])
    return run


def _leave(run_id: int) -> None:
    """Stopped in good order: no row is to blame. A database that is away leaves the mark."""
    try:
        BulkRun.objects.filter(pk=run_id).update(begun_key=None)
    except Error:
        logger.warning("bulk run %s could not be left in order", run_id, exc_info=True)
        connection.close()


def _do_or_report(
    ahead: _Ahead, run: BulkRun, scope: Scope, by: User, at: datetime
) -> dict[str, Any]:
    """One row that fails by a mistake of ours must not hold up the rows behind it."""
    key, version = run.items[len(run.results)]
    try:
        return do_row(ahead.act, ahead.row(run), key, version, run.values, scope, by, at)
    except (OperationalError, InterfaceError):
        # The database is away or asks for a repetition: nothing is wrong with the row.
        raise
    except Exception:
        logger.exception("bulk act %s failed on row %s", ahead.act.key, key)
        return _not_done(key, FAULT)


def _not_done(key: int, reason: str) -> dict[str, Any]:
    return {"key": key, "label": str(key), "ok": False, "reason": reason}
