"""What the clock does every few seconds: fold what changed, or rebuild where that is needed."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.backends.utils import CursorWrapper

from core.audit.record import Actor
from core.operations import operation
from core.workdays.errors import CalendarYearMissing
from monitoring.indicators.cut import SHANGHAI, MonthCut, UsedValues, day_start, parameters_of
from monitoring.models import LiveMonth
from monitoring.operations.live.dirty import Waiting, look
from monitoring.operations.live.fold import Folded, RebuildNeeded, drop_fold_tables, fold
from monitoring.operations.live.rebuild import Rebuilt, rebuild
from monitoring.operations.live.session import take_snapshot, try_lock
from monitoring.operations.live.values_table import has_tables
from monitoring.queries.calendar_need import years_needed
from organisations.models import Organisation

logger = logging.getLogger(__name__)
REBUILD_SHARE = 0.10
"""Of the month's lines: with more of them changed a rebuild was measured to be the cheaper way."""

REBUILD_FLOOR = 200
"""Lines that a fold counts in any case, however small the province."""

PAUSE = timedelta(seconds=20)
PAUSE_FACTOR = 3
"""Between rebuilds that edits of the catalogue ask for: at least so long, or so many times as long
as the last one took, so that an hour of editing does not become an hour of rebuilding."""


@dataclass(frozen=True)
class Kept:
    """What was done: `busy`, `empty`, `ahead`, `waiting`, `refused`, `folded` or `rebuilt`."""

    did: str
    folded: Folded | None = None
    rebuilt: Rebuilt | None = None


def keep_current(*, by: Actor, at: datetime) -> Kept:
    """Bring the running month's figures up to `at`, in one transaction.

    by: the clock; nobody asks for a fold. Where a needed calendar year is not published the month
    says so (LiveMonth.problem) and nothing is counted.
    """
    return _keep_current(by=by, at=at, alone=not connection.in_atomic_block)


@operation
def _keep_current(*, by: Actor, at: datetime, alone: bool) -> Kept:
    with connection.cursor() as cursor:
        if alone:
            take_snapshot(cursor)
        if not try_lock(cursor):
            return Kept("busy")
        kept = _decide(cursor, at)
        drop_fold_tables(cursor)
    return kept


def _decide(cursor: CursorWrapper, at: datetime) -> Kept:
    if not Organisation.objects.filter(kind=Organisation.Kind.INSTITUTION).exists():
        return Kept("empty")
    cut = MonthCut(at.astimezone(SHANGHAI).date().replace(day=1), at)
    state = LiveMonth.objects.first()
    if state is None or state.month != cut.first or state.problem or not has_tables(cursor):
        return _rebuild(cursor, cut, at)
    if at <= state.cut:
        return Kept("ahead")
    waiting = look(cursor)
    if waiting.rebuild:
        pause = max(PAUSE, timedelta(seconds=state.rebuild_seconds * PAUSE_FACTOR))
        if at < state.rebuilt_at + pause:
            return Kept("waiting")
        return _rebuild(cursor, cut, at)
    if _is_too_much(waiting, state):
        return _rebuild(cursor, cut, at)
    try:
        if MonthCut(cut.first, state.cut).last_day != cut.last_day:
            return _turn_of_day(cursor, cut, state, at)
        return Kept("folded", folded=_fold(cursor, cut, state, at))
    except RebuildNeeded:
        drop_fold_tables(cursor)
        return _rebuild(cursor, cut, at)


def _is_too_much(waiting: Waiting, state: LiveMonth) -> bool:
    return waiting.lines >= max(REBUILD_SHARE * state.lines, REBUILD_FLOOR)


def _fold(cursor: CursorWrapper, cut: MonthCut, state: LiveMonth, at: datetime) -> Folded:
    parameters, _ = parameters_of(cut, UsedValues.from_json(state.policy_values))
    return fold(cursor, state, cut, parameters, at=at)


def _turn_of_day(cursor: CursorWrapper, cut: MonthCut, state: LiveMonth, at: datetime) -> Kept:
    """End the day before with a comparison, then begin the new one, whose days count one more."""
    day = MonthCut(cut.first, state.cut).last_day
    end = MonthCut(cut.first, day_start(day + timedelta(days=1)) - timedelta.resolution)
    _fold(cursor, end, state, at)
    drop_fold_tables(cursor)
    compared = rebuild(cursor, end, at=at, compare=True)
    if compared.different:
        logger.error(
            "live figures differed from rebuilt ones in %s rows on %s", compared.different, day
        )
    return _rebuild(cursor, cut, at)


def _rebuild(cursor: CursorWrapper, cut: MonthCut, at: datetime) -> Kept:
    missing = years_needed(cut)
    if missing:
        _say_problem(
            cut, at, f"{cut.first:%Y-%m} 的实时指标不能计算：{CalendarYearMissing(missing)}"
        )
        return Kept("refused")
    return Kept("rebuilt", rebuilt=rebuild(cursor, cut, at=at))


def _say_problem(cut: MonthCut, at: datetime, problem: str) -> None:
    """The figures stay as they are (or absent); pages say why."""
    LiveMonth.objects.exclude(month=cut.first).delete()
    LiveMonth.objects.update_or_create(
        month=cut.first,
        defaults={"problem": problem[:300]},
        create_defaults={
            "problem": problem[:300], "cut": cut.cut, "folded_at": at, "rebuilt_at": at
        },
    )  # fmt: skip
