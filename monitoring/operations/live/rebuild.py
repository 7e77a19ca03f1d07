"""Build all figures of the running month anew, by the month's own runner with an earlier cut."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.backends.utils import CursorWrapper

from monitoring.indicators.base import build_base
from monitoring.indicators.cut import MonthCut, UsedValues, parameters_of
from monitoring.indicators.registry import INDICATORS
from monitoring.indicators.rollup import COLUMNS, write_rows
from monitoring.indicators.staging import build_stages
from monitoring.models import LiveMonth
from monitoring.operations.compute_month import drop_temporary
from monitoring.operations.live.kept import finish_base, keep_base, keep_stages, start_base
from monitoring.operations.live.plans import ALL_KEYED
from monitoring.operations.live.session import for_rebuild
from monitoring.operations.live.values_table import (
    LIVE,
    finish_values,
    start_values,
    swap_in_all,
)
from monitoring.operations.live.wake import finish_wake, start_wake


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild wrote; `different` rows of the folded figures were not what it gave."""

    rows: int
    seconds: float
    different: int | None = None


def rebuild(
    cursor: CursorWrapper, cut: MonthCut, *, at: datetime, compare: bool = False
) -> Rebuilt:
    """Replace the live figures and all that folds work from; one transaction, one snapshot.

    The notes that this snapshot sees are taken with it. compare: count the rows in which the
    figures that were folded so far differ from these; both are as of the same cut then.
    """
    started = time.monotonic()
    for_rebuild(cursor)
    cursor.execute("DELETE FROM procurement_linedelta")
    parameters, used = parameters_of(cut)
    build_stages(cursor, parameters, _quiet)
    target = start_values(cursor)
    start_base(cursor)
    plans = {plan.indicator.code: plan for plan in ALL_KEYED}
    rows = 0
    for indicator in INDICATORS:
        build_base(cursor, indicator, parameters)
        rows += write_rows(cursor, indicator, cut.first, target)
        if indicator.code in plans:
            keep_base(cursor, plans[indicator.code], parameters)
    finish_base(cursor)
    keep_stages(cursor, parameters)
    start_wake(cursor, parameters)
    finish_wake(cursor)
    finish_values(cursor)
    different = count_different(cursor, LIVE, target) if compare else None
    lines = _lines_of_month(cursor, parameters)
    drop_temporary(cursor)
    swap_in_all(cursor)
    seconds = time.monotonic() - started
    _note(cut, used, at=at, seconds=seconds, lines=lines, different=different)
    return Rebuilt(rows=rows, seconds=seconds, different=different)


def count_different(cursor: CursorWrapper, one: str, other: str) -> int:
    """How many rows of two tables of figures are in only one of them; ids do not count."""
    cursor.execute(
        f"SELECT (SELECT count(*) FROM (SELECT {COLUMNS} FROM {one} EXCEPT ALL"
        f" SELECT {COLUMNS} FROM {other}) x)"
        f" + (SELECT count(*) FROM (SELECT {COLUMNS} FROM {other} EXCEPT ALL"
        f" SELECT {COLUMNS} FROM {one}) x)"
    )
    return int(cursor.fetchone()[0])


def _lines_of_month(cursor: CursorWrapper, parameters: dict[str, Any]) -> int:
    cursor.execute(
        "SELECT count(*) FROM procurement_orderline"
        " WHERE ordered_at >= %(month_start)s AND ordered_at < %(cut)s",
        parameters,
    )
    return int(cursor.fetchone()[0])


def _note(
    cut: MonthCut,
    used: UsedValues,
    *,
    at: datetime,
    seconds: float,
    lines: int,
    different: int | None,
) -> None:
    """Say how current the figures are. One month is kept: the one before is an ended one now."""
    LiveMonth.objects.exclude(month=cut.first).delete()
    values: dict[str, Any] = {
        "cut": cut.cut,
        "folded_at": at,
        "rebuilt_at": at,
        "rebuild_seconds": seconds,
        "policy_values": used.as_json(),
        "lines": lines,
        "problem": "",
    }
    if different is not None:
        values |= {"compared_at": at, "difference": different}
    LiveMonth.objects.update_or_create(month=cut.first, defaults=values)


def _quiet(text: str) -> None:
    """The stages' times are the monthly job's to tell."""
