"""What changed since the last fold: the notes taken, and the lines to be counted anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.backends.utils import CursorWrapper

from monitoring.operations.live.wake import LIVE as WAKE

NOTES = "live_note"
LINES = "live_line"
BEFORE = "live_before"
OF_LINES = "'line', 'delivery', 'receipt', 'return'"
DOCUMENTS = ("agreement", "report", "complaint")

# A fold can only add to what a line was counted as. Where a line of the months before the running
# one appears, goes or changes its quantity, `usual` changes for lines that did not.
OF_EARLIER_MONTHS = f"""
SELECT EXISTS (SELECT FROM {NOTES} WHERE kind = 'line'
    AND ordered_at >= %(usual_from)s AND ordered_at < %(month_start)s)
"""
"""Asked first: planning the other one over every month's partition costs more than most folds'
statements, and such notes are rare."""

BACKDATED = f"""
SELECT EXISTS (
    SELECT FROM {NOTES} n
    LEFT JOIN procurement_orderline l ON l.id = n.line_id AND l.ordered_at = n.ordered_at
    WHERE n.kind = 'line'
      AND n.ordered_at >= %(usual_from)s AND n.ordered_at < %(month_start)s
      AND (n.old IS NULL OR l.id IS NULL
           OR (n.old->>'packs')::numeric <> l.packs
           OR (n.old->>'product_id')::bigint <> l.product_id
           OR (n.old->>'institution_id')::bigint <> l.institution_id))
"""


# Lines with a deadline between the two cuts; by the index on ordered_at. The outer bounds say the
# same for all deadlines: by them the planner leaves out the months that cannot have any.
PASSED = """
SELECT l.id, l.ordered_at FROM unnest(%(hours)s::numeric[]) AS h(hours)
CROSS JOIN LATERAL (
    SELECT id, ordered_at FROM procurement_orderline
    WHERE ordered_at >= %(old_cut)s - h.hours * INTERVAL '1 hour'
      AND ordered_at < %(cut)s - h.hours * INTERVAL '1 hour'
      AND ordered_at >= %(first_passed)s AND ordered_at < %(last_passed)s
) l
"""


@dataclass(frozen=True)
class Waiting:
    """What the ledger holds: whether a rebuild is asked for, and how many lines are noted."""

    rebuild: bool
    lines: int
    documents: int


def look(cursor: CursorWrapper) -> Waiting:
    """Look without taking."""
    cursor.execute(
        "SELECT COALESCE(bool_or(kind = 'rebuild'), FALSE), count(DISTINCT line_id),"
        f" count(*) FILTER (WHERE kind NOT IN ({OF_LINES}, 'rebuild'))"
        " FROM procurement_linedelta"
    )
    return Waiting(*cursor.fetchone())


def is_quiet(cursor: CursorWrapper, waiting: Waiting, parameters: dict[str, Any]) -> bool:
    """Whether nothing was written and nothing fell due: then only the cut moves on."""
    if waiting.lines or waiting.documents:
        return False
    cursor.execute(
        f"SELECT NOT EXISTS (SELECT FROM {WAKE} WHERE at < %(cut)s) AND NOT EXISTS ({PASSED})",
        _with_hours(parameters),
    )
    return bool(cursor.fetchone()[0])


def deadline_hours(parameters: dict[str, Any]) -> list[Any]:
    """Every number of hours after which some batch has a line answered or delivered."""
    keys = ("response_hours", "delivery_hours", "urgent_delivery_hours")
    return sorted({value for key in keys for value in parameters[key]})


def _with_hours(parameters: dict[str, Any]) -> dict[str, Any]:
    """The parameters, with what PASSED asks for."""
    hours = deadline_hours(parameters)
    longest, shortest = (timedelta(hours=float(some(hours, default=0))) for some in (max, min))
    return parameters | {
        "hours": hours,
        # A minute to both sides: fractions of hours are numerics there and floats here.
        "first_passed": parameters["old_cut"] - longest - timedelta(minutes=1),
        "last_passed": parameters["cut"] - shortest + timedelta(minutes=1),
    }


def take_notes(cursor: CursorWrapper) -> None:
    """Take every note that this snapshot sees; other writers' notes stay for the next fold."""
    cursor.execute(
        f"CREATE TEMP TABLE {NOTES} (LIKE procurement_linedelta) ON COMMIT DROP;"
        " WITH taken AS (DELETE FROM procurement_linedelta RETURNING *)"
        f" INSERT INTO {NOTES} SELECT * FROM taken"
    )
    cursor.execute(
        f"CREATE TEMP TABLE {BEFORE} ON COMMIT DROP AS"
        f" SELECT DISTINCT ON (kind, row_id) kind, row_id, old FROM {NOTES}"
        f" WHERE kind IN ({OF_LINES}) ORDER BY kind, row_id, id"
    )


def is_backdated(cursor: CursorWrapper, parameters: dict[str, Any]) -> bool:
    """Whether notes that were taken ask for a rebuild after all."""
    for question in (OF_EARLIER_MONTHS, BACKDATED):
        cursor.execute(question, parameters)
        if not cursor.fetchone()[0]:
            return False
    return True


def gather_lines(cursor: CursorWrapper, parameters: dict[str, Any]) -> int:
    """The lines to be counted anew: written to, woken, or with a deadline passed; how many."""
    cursor.execute(
        f"CREATE TEMP TABLE {LINES} ON COMMIT DROP AS"
        f" WITH woken AS MATERIALIZED (SELECT * FROM {WAKE} WHERE at < %(cut)s AND kind = 'line')"
        f" SELECT line_id, ordered_at FROM {NOTES} WHERE kind IN ({OF_LINES})"
        " UNION SELECT line_id, ordered_at FROM woken"
        f" UNION {PASSED}",
        _with_hours(parameters),
    )
    count = int(cursor.rowcount)
    cursor.execute(f"ANALYZE {LINES}")
    return count


def gather_documents(cursor: CursorWrapper, parameters: dict[str, Any]) -> set[str]:
    """Institutions whose agreements, reports or complaints changed, into one table; which kinds."""
    cursor.execute(
        f"CREATE TEMP TABLE live_document ON COMMIT DROP AS"
        f" SELECT kind, row_id AS institution_id FROM {NOTES} WHERE kind = ANY (%(kinds)s)"
        f" UNION SELECT kind, institution_id FROM {WAKE} WHERE at < %(cut)s AND kind <> 'line'",
        parameters | {"kinds": list(DOCUMENTS)},
    )
    cursor.execute(f"DELETE FROM {WAKE} WHERE at < %(cut)s", parameters)
    cursor.execute("SELECT DISTINCT kind FROM live_document")
    return {kind for (kind,) in cursor.fetchall()}
