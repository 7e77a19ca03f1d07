"""Progress rows that do not say what their lines' facts say, in sets; for nobody of the trade."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, within
from procurement.models import LineProgress, ProgressDifference
from procurement.queries.line_facts import line_facts

PART = 50_000
"""Progress rows compared by one statement."""
COMPARED = (
    "packs", "shipped_packs", "delivered_packs", "accepted_packs", "refused_packs",
    "returned_packs", "state",
)  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """One line as it is held and as its facts make it."""

    line_id: int
    ordered_at: datetime
    label: str
    held: dict[str, str]
    facts: dict[str, str]


def visible_differences(scope: Scope) -> QuerySet[ProgressDifference]:
    """The system administrators': rows name a line by its number, no party, no product."""
    seen = None if scope.active and scope.platform_role == "system" else NOTHING
    return within(scope, ProgressDifference.objects.all(), seen)


def find_differences() -> Iterator[Difference]:
    """Compare every progress row with its facts, a part at a time, each part as of one instant.

    Paid is not compared: the act that completes a line is settlement's.
    """
    last = LineProgress.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    for start in range(0, last, PART):
        yield from _part(start, start + PART)


def _part(after: int, until: int) -> list[Difference]:
    chosen = (
        "SELECT p.line_id, p.ordered_at FROM procurement_lineprogress p"
        " WHERE p.id > %(after)s AND p.id <= %(until)s"
    )
    held = ", ".join(f"p.{name}" for name in COMPARED[:-1])
    facts = ", ".join(f"f.{name}" for name in COMPARED[:-1])
    sql = f"""
        SELECT p.line_id, p.ordered_at, o.order_no || '-' || p.line_no, {held}, p.state,
               {facts}, f.state
        FROM ({line_facts(chosen)}) f
        JOIN procurement_lineprogress p ON p.line_id = f.line_id
        JOIN procurement_order o ON o.id = p.order_id
        WHERE ({held}, replace(p.state, 'completed', 'received'))
              IS DISTINCT FROM ({facts}, replace(f.state, 'completed', 'received'))
        ORDER BY p.line_id
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, {"after": after, "until": until})
        return [_difference(row) for row in cursor.fetchall()]


def _difference(row: tuple[Any, ...]) -> Difference:
    line_id, ordered_at, label, *values = row
    size = len(COMPARED)
    words = [value if isinstance(value, str) else f"{value.normalize():f}" for value in values]
    held = dict(zip(COMPARED, words[:size], strict=True))
    facts = dict(zip(COMPARED, words[size:], strict=True))
    unlike = [name for name in COMPARED if held[name] != facts[name]]
    return Difference(
        line_id=line_id, ordered_at=ordered_at, label=label,
        held={name: held[name] for name in unlike}, facts={name: facts[name] for name in unlike},
    )  # fmt: skip
