"""Events that are dated after the cut: their lines and institutions are looked at again then.

A deadline that passes is found by the line's own time (dirty.py); an event in the future is rare,
but a file can bring one, and time reaches it without anybody writing anything.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.utils import CursorWrapper

from monitoring.operations.live.kept import SCHEMA

LIVE = f"{SCHEMA}.live_wake"
MOMENTS = {
    "procurement_orderline": ("id", ("ordered_at", "responded_at", "cancelled_at")),
    "procurement_delivery": ("line_id", ("recorded_at", "delivered_at")),
    "procurement_receipt": ("line_id", ("received_at",)),
    "procurement_return": ("line_id", ("returned_at",)),
}
"""Of each kind of row the moments that the figures look at, in the tables of a line."""

DOCUMENT_MOMENTS = {
    "agreement": (
        "contracts_agreementline",
        ("institution_signed_at", "manufacturer_signed_at", "distributor_signed_at"),
    ),
    "report": ("volumes_volumereportline", ("submitted_at",)),
    "complaint": ("complaints_complaint", ("filed_at", "replied_at", "resolved_at")),
}


def start_wake(cursor: CursorWrapper, parameters: dict[str, Any]) -> None:
    """Fill the new table from everything that is stored."""
    cursor.execute(
        f"CREATE TABLE {LIVE}_new (at timestamptz NOT NULL, kind text NOT NULL,"
        " line_id bigint, ordered_at timestamptz, institution_id bigint)"
    )
    note_lines(cursor, f"{LIVE}_new", {table: table for table in MOMENTS}, parameters)
    for kind in DOCUMENT_MOMENTS:
        note_documents(cursor, f"{LIVE}_new", kind, None, parameters)


def finish_wake(cursor: CursorWrapper) -> None:
    cursor.execute(f"CREATE INDEX ON {LIVE}_new (at)")


def note_lines(
    cursor: CursorWrapper, target: str, sources: dict[str, str], parameters: dict[str, Any]
) -> None:
    """Note every later moment in the rows of these tables; `sources` says where to read each."""
    parts = []
    for table, (line, moments) in MOMENTS.items():
        listed = ", ".join(f"(x.{moment})" for moment in moments)
        later = " OR ".join(f"x.{moment} >= %(cut)s" for moment in moments)
        parts.append(
            f"SELECT m.at, 'line', x.{line}, x.ordered_at FROM {sources[table]} x"
            f" CROSS JOIN LATERAL (VALUES {listed}) AS m(at)"
            f" WHERE ({later}) AND m.at >= %(cut)s"
        )
    cursor.execute(
        f"INSERT INTO {target} (at, kind, line_id, ordered_at) {' UNION '.join(parts)}", parameters
    )


def note_documents(
    cursor: CursorWrapper,
    target: str,
    kind: str,
    institutions: str | None,
    parameters: dict[str, Any],
) -> None:
    """The same for agreements, reports or complaints, of the institutions that a SELECT gives."""
    table, moments = DOCUMENT_MOMENTS[kind]
    listed = ", ".join(f"(x.{moment})" for moment in moments)
    whose = f" AND x.institution_id IN ({institutions})" if institutions else ""
    cursor.execute(
        f"INSERT INTO {target} (at, kind, institution_id)"
        f" SELECT DISTINCT m.at, '{kind}', x.institution_id FROM {table} x"
        f" CROSS JOIN LATERAL (VALUES {listed}) AS m(at) WHERE m.at >= %(cut)s{whose}",
        parameters,
    )
