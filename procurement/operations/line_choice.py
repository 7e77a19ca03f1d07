"""The lines that somebody chose to act on: found in the own sight, locked, each judged by name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from core.operations import operation
from core.transitions import MissingInput, NotYours, Refusal, StaleVersion, TransitionRefused
from organisations.queries.scope import Scope
from procurement.models import LineProgress
from procurement.operations.line_progress import check_versions, lock_lines, refuse_unless
from procurement.queries.shipping import dispatches
from procurement.queries.visible import visible_progress
from procurement.rules.shipping import MOST_LINES

NAMED = 20
"""So many refused lines are named; the rest is counted."""


def require_dispatcher(scope: Scope) -> None:
    """Raises NotYours for whoever does not answer and ship for a distributor."""
    allowed = dispatches(scope)
    if not allowed:
        raise NotYours.of(allowed)


@operation
def locked_choice(*, line_ids: Collection[int], scope: Scope) -> list[LineProgress]:
    """The chosen lines, locked in the order of their numbers.

    Raises MissingInput where nothing or too much was chosen, or a line is not in the own sight.
    """
    wanted = set(line_ids)
    if not wanted:
        raise MissingInput("lines", "没有选择订单行，请勾选后再办理")
    if len(wanted) > MOST_LINES:
        raise MissingInput("lines", f"一次最多办理 {MOST_LINES} 行，请分批办理")
    keys = list(
        visible_progress(scope).filter(line_id__in=wanted).values_list("line_id", "ordered_at")
    )
    if len(keys) < len(wanted):
        raise MissingInput(
            "lines", f"所选的订单行有 {len(wanted) - len(keys)} 行找不到，请刷新后重新选择"
        )
    return lock_lines(keys=keys)


def judge_all(
    rows: Sequence[LineProgress],
    *,
    act: str,
    standings: Mapping[int, Collection[str]],
    seen: Mapping[int, int] | None = None,
    also: Callable[[LineProgress], str] = lambda row: "",
) -> None:
    """All or nothing: raises one refusal that names every line that cannot be done, and why.

    A line that somebody changed since it was read makes it a StaleVersion, somebody else's line a
    NotYours. `also` gives a further reason against a row, or nothing.
    """
    found: list[Refusal] = []
    for row in rows:
        try:
            check_versions([row], seen or {})
            refuse_unless(row, act=act, standings=standings[row.line_id])
        except Refusal as refusal:
            found.append(refusal)
            continue
        reason = also(row)
        if reason:
            found.append(TransitionRefused(f"订单行 {row}：{reason}"))
    raise_together(found, len(rows))


def raise_together(found: Sequence[Refusal], total: int) -> None:
    """One refusal of all these; nothing where there is none."""
    if not found:
        return
    first = found[0]
    for kind in (NotYours, StaleVersion):
        first = next((each for each in found if isinstance(each, kind)), first)
    if len(found) == 1:
        raise first
    reasons = "；".join(each.reason for each in found[:NAMED])
    more = f"；另有 {len(found) - NAMED} 行" if len(found) > NAMED else ""
    raise type(first)(
        f"所选 {total} 行中有 {len(found)} 行不能办理，全部没有办理：{reasons}{more}", first.clause
    )
