"""The SQL that writes progress rows from the facts of chosen lines."""

from __future__ import annotations

from pathlib import Path

from procurement.states.order_line import UNDER_WAY

TEXT = (Path(__file__).parent / "line_facts.sql").read_text(encoding="utf-8")
LINES = "procurement_orderline"

COLUMNS = (
    "line_id", "ordered_at", "order_id", "line_no", "product_id", "batch_id", "packs",
    "shipped_packs", "delivered_packs", "accepted_packs", "refused_packs", "returned_packs",
    "institution_id", "manufacturer_id", "distributor_id", "county_id", "city_id", "province_id",
    "pool_id", "state",
)  # fmt: skip


def _list(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def line_facts(chosen: str, *, lines: str = LINES, children: bool = True) -> str:
    """SQL: the facts and the state of the lines that `chosen`, a query of (line_id, ordered_at), names.

    `lines`: a table of their rows beside the large one. Without `children` none of them has been
    shipped, received, returned or paid.
    """
    return TEXT.format(chosen=chosen, lines=lines, children="true" if children else "false")


def write_progress(chosen: str, *, by: str, only_under_way: bool, renew: bool) -> str:
    """SQL: progress rows of the lines that `chosen`, a query of (line_id, ordered_at), names.

    only_under_way: new rows only for lines on which somebody still has to act. renew: rows that
    are there already follow the facts; else they are left. `by` is the name that the rows get.
    """
    new = f"WHERE f.state IN ({_list(UNDER_WAY)})" if only_under_way else ""
    if only_under_way and renew:
        new += " OR EXISTS (SELECT FROM procurement_lineprogress h WHERE h.line_id = f.line_id)"
    kept = [name for name in (*COLUMNS, "due_at") if name != "line_id"]
    held = ", ".join(f"procurement_lineprogress.{name}" for name in kept)
    come = ", ".join(f"excluded.{name}" for name in kept)
    changes = ", ".join(f"{name} = excluded.{name}" for name in kept)
    conflict = (
        f"DO UPDATE SET {changes}, state_at = excluded.state_at,"
        " state_by_id = NULL, state_by_name = excluded.state_by_name,"
        " row_version = procurement_lineprogress.row_version + 1"
        f" WHERE ({held}) IS DISTINCT FROM ({come})"
        if renew
        else "DO NOTHING"
    )
    return f"{_insert(line_facts(chosen), by)} {new} ON CONFLICT (line_id) {conflict}"


def first_progress(lines: str, *, by: str, children: bool) -> str:
    """SQL: progress of the lines under way in the table `lines`, all of them new: none has any yet.

    A plain insert, which spares looking for what is there (line_id, being unique, still refuses it).
    """
    chosen = f"SELECT id AS line_id, ordered_at FROM {lines}"
    return (
        f"{_insert(line_facts(chosen, lines=lines, children=children), by)}"
        f" WHERE f.state IN ({_list(UNDER_WAY)})"
    )


def _insert(found: str, by: str) -> str:
    columns = ", ".join(COLUMNS)
    return f"""
    INSERT INTO procurement_lineprogress
        ({columns}, due_at, reject_reason, reject_note, end_reason, state_at, state_by_name,
         row_version)
    SELECT {", ".join(f"f.{name}" for name in COLUMNS)},
           CASE WHEN f.state = 'sent' THEN f.response_due_at ELSE f.delivery_due_at END,
           '', '', '', COALESCE(f.cancelled_at, f.closed_at, f.responded_at, f.ordered_at),
           '{by}', 1
    FROM ({found}) f
    """
