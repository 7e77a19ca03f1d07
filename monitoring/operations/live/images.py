"""The rows of the changed lines as they are, and as they were at the last fold.

As they were: the rows that no note names, and of those that are named the row before the first
change. So nothing has to be kept of a line that nobody touches.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db.backends.utils import CursorWrapper

from monitoring.indicators.render import render
from monitoring.operations.live.dirty import BEFORE, LINES
from monitoring.operations.live.placed import as_of_before, placed

ROWS = {
    "line": "procurement_orderline",
    "delivery": "procurement_delivery",
    "receipt": "procurement_receipt",
    "return": "procurement_return",
}
SIDES = ("new", "old")


def tables_of(side: str) -> dict[str, str]:
    """What the indicators' SQL reads instead of the large tables, and instead of what has a cut."""
    found = {table: f"live_{side}_{kind}" for kind, table in ROWS.items()}
    stages = ("batch_year", "substitute", "traded", "accepted", "substituted")
    found |= {f"ind_{name}": f"live_{side}_{name}" for name in stages}
    return found | {
        "ind_urgent": "live_urgent",
        "procurement_purchasehistory": "live_no_history",
    }


def make_images(cursor: CursorWrapper, parameters: dict[str, Any]) -> None:
    """Both images of the four kinds of rows, and the small stages that the lines need."""
    for kind, table in ROWS.items():
        on = "x.id = d.line_id AND x.ordered_at = d.ordered_at"
        if kind != "line":
            on = "x.line_id = d.line_id"
        lines = LINES if kind == "line" else f"(SELECT DISTINCT line_id FROM {LINES})"
        cursor.execute(
            f"CREATE TEMP TABLE live_new_{kind} ON COMMIT DROP AS"
            f" SELECT x.* FROM {lines} d JOIN {table} x ON {on}"
        )
        cursor.execute(
            f"CREATE TEMP TABLE live_old_{kind} ON COMMIT DROP AS"
            f" SELECT n.* FROM live_new_{kind} n WHERE NOT EXISTS (SELECT FROM {BEFORE} b"
            f"  WHERE b.kind = '{kind}' AND b.row_id = n.id)"
            f" UNION ALL SELECT r.* FROM {BEFORE} b,"
            f" jsonb_populate_record(NULL::{table}, b.old) r"
            f" WHERE b.kind = '{kind}' AND b.old IS NOT NULL"
        )
    # Without statistics a join of a few hundred rows is planned as a loop within a loop.
    images = [f"live_{side}_{kind}" for side in SIDES for kind in ROWS]
    cursor.execute(f"ANALYZE {', '.join(images)}")
    cursor.execute(
        "CREATE TEMP TABLE live_urgent ON COMMIT DROP AS SELECT o.id FROM procurement_order o"
        " WHERE o.urgent AND o.id IN"
        " (SELECT order_id FROM live_new_line UNION SELECT order_id FROM live_old_line)"
    )
    # History is on both sides the same: whoever changes it asks for a rebuild.
    cursor.execute(
        "CREATE TEMP TABLE live_no_history (LIKE procurement_purchasehistory) ON COMMIT DROP"
    )
    for name in ("batch_year", "substitute"):
        for side in SIDES:
            _stage(cursor, name, side, parameters)


def make_movements(cursor: CursorWrapper, parameters: dict[str, Any]) -> None:
    """What these lines' receipts and returns come to in each stage, and which of them are supply."""
    for side in SIDES:
        for name in ("traded", "accepted", "substituted"):
            _stage(cursor, name, side, parameters)
        _create(cursor, f"live_{side}_supply", _select("macros/supply_line", side), parameters)
    cursor.execute(f"ANALYZE {', '.join(f'live_{side}_supply' for side in SIDES)}")


def _stage(cursor: CursorWrapper, name: str, side: str, parameters: dict[str, Any]) -> None:
    select = _select(f"stages/{name}", side, without=f"ind_{name}")
    _create(cursor, f"live_{side}_{name}", select, parameters)


@cache
def _select(source: str, side: str, without: str = "") -> str:
    """The SQL of a file over one side's images; `without` names the stage that it makes itself."""
    tables = {table: other for table, other in tables_of(side).items() if table != without}
    select = placed(render(source), tables)
    return as_of_before(select) if side == "old" else select


def _create(cursor: CursorWrapper, target: str, select: str, parameters: dict[str, Any]) -> None:
    cursor.execute(f"CREATE TEMP TABLE {target} ON COMMIT DROP AS {select}", parameters)
