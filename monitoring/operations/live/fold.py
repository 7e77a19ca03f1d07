"""Bring the live figures from the last cut to a later one of the same day, by what changed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db.backends.utils import CursorWrapper

from monitoring.indicators.cut import MonthCut
from monitoring.models import LiveMonth
from monitoring.operations.live import wake
from monitoring.operations.live.dirty import (
    gather_documents,
    gather_lines,
    is_backdated,
    is_quiet,
    look,
    take_notes,
)
from monitoring.operations.live.images import ROWS, make_images, make_movements
from monitoring.operations.live.key_figures import (
    add_movements,
    build_key_stages,
    key_changes,
    replace_documents,
    replace_keys,
    replace_units,
    start_keys,
)
from monitoring.operations.live.line_figures import line_changes
from monitoring.operations.live.merge import changes_of, merge_changes, start_changes
from monitoring.operations.live.plans import (
    ALL_KEYED,
    BY_DAY,
    BY_KEYS,
    BY_LINES,
    OF_AGREEMENTS,
    OF_COMPLAINTS,
    Keyed,
)
from monitoring.operations.live.session import for_fold, set_loops


class RebuildNeeded(Exception):
    """The changes reach further than the lines that were written to; nothing was counted."""


@dataclass(frozen=True)
class Folded:
    """How many lines and keys were counted anew, how many figures changed, and how long it took."""

    lines: int
    keys: int
    rows: int
    seconds: float


def fold(
    cursor: CursorWrapper,
    state: LiveMonth,
    cut: MonthCut,
    parameters: dict[str, Any],
    *,
    at: datetime,
) -> Folded:
    """Take the notes, count their lines anew, add the differences. One transaction, one snapshot.

    `cut` lies on the day of the last one and not before it; `parameters` are those of the last
    rebuild, whose policy values still hold. Raises RebuildNeeded.
    """
    started = time.monotonic()
    for_fold(cursor)
    values = parameters | {"cut": cut.cut, "old_cut": state.cut, "month": cut.first}
    if is_quiet(cursor, look(cursor), values):
        return _moved_on(state, cut, at, Folded(0, 0, 0, time.monotonic() - started))
    take_notes(cursor)
    if is_backdated(cursor, values):
        raise RebuildNeeded("早于本月的订单行有增减")
    lines = gather_lines(cursor, values)
    documents = gather_documents(cursor, values)
    keys = rows = 0
    if lines or documents:
        start_keys(cursor)
        start_changes(cursor)
        make_images(cursor, values)
        if lines:
            _count_lines(cursor, values)
        keys = _count_keys(cursor, documents, values)
        rows = merge_changes(cursor)
    return _moved_on(state, cut, at, Folded(lines, keys, rows, time.monotonic() - started))


def _moved_on(state: LiveMonth, cut: MonthCut, at: datetime, folded: Folded) -> Folded:
    state.cut, state.folded_at, state.problem = cut.cut, at, ""
    state.save(update_fields=["cut", "folded_at", "problem"])
    return folded


def _count_lines(cursor: CursorWrapper, values: dict[str, Any]) -> None:
    make_movements(cursor, values)
    for place, indicator in enumerate(BY_LINES):
        # Deadlines by day are joined by an expression, whose rows the planner takes for one.
        without_loops = indicator.code in BY_DAY
        if without_loops:
            set_loops(cursor, on=False)
        cursor.execute(_line_statement(place), values)
        if without_loops:
            set_loops(cursor, on=True)
    add_movements(cursor)
    sources = {table: f"live_new_{kind}" for kind, table in ROWS.items()}
    wake.note_lines(cursor, wake.LIVE, sources, values)


def _count_keys(cursor: CursorWrapper, documents: set[str], values: dict[str, Any]) -> int:
    for kind in sorted(documents):
        changed = f"SELECT institution_id FROM live_document WHERE kind = '{kind}'"
        wake.note_documents(cursor, wake.LIVE, kind, changed, values)
        if kind != "complaint":
            replace_documents(cursor, kind, values)
    plans: list[Keyed] = []
    # Before the whole tables of agreements are hidden by those of the noted keys.
    if "agreement" in documents:
        replace_units(cursor, OF_AGREEMENTS, "SELECT unit_id FROM live_unit_agreement", values)
        plans += OF_AGREEMENTS
    if "complaint" in documents:
        units = (
            "SELECT u.unit_id FROM live_document d JOIN ind_unit u USING (institution_id)"
            " WHERE d.kind = 'complaint'"
        )
        replace_units(cursor, OF_COMPLAINTS, units, values)
        plans += OF_COMPLAINTS
    keys = build_key_stages(cursor, values)
    if keys:
        replace_keys(cursor, BY_KEYS, values)
        plans += BY_KEYS
    for plan in plans:
        cursor.execute(_key_statement(ALL_KEYED.index(plan)), values)
    return keys


# Their texts never change; putting them together took a fifth of a fold's time outside the database.
@cache
def _line_statement(place: int) -> str:
    indicator = BY_LINES[place]
    return changes_of(indicator, line_changes(indicator))


@cache
def _key_statement(place: int) -> str:
    plan = ALL_KEYED[place]
    return changes_of(plan.indicator, key_changes(plan))


TEMPORARY = ", ".join(
    f"pg_temp.{name}"
    for name in (
        "live_note", "live_before", "live_line", "live_document", "live_key", "live_keys",
        "live_gone", "live_come", "live_change", "live_urgent", "live_no_history",
        "live_unit_agreement", "live_unit_report", "ind_accepted",
        "ind_substituted", "ind_agreement", "ind_report", "ind_agreed", "ind_completion",
        *(
            f"live_{side}_{name}"
            for side in ("new", "old")
            for name in (
                *ROWS, "batch_year", "substitute", "traded", "accepted", "substituted", "supply"
            )
        ),
    )
)  # fmt: skip


def drop_fold_tables(cursor: CursorWrapper) -> None:
    """Leave nothing in this session's temporary schema before the transaction ends."""
    cursor.execute(f"DROP TABLE IF EXISTS {TEMPORARY}")
