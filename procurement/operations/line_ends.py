"""What will not come any more: the unshipped rest of a line is closed, an unshipped line voided."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from core.audit.record import Actor
from core.operations import operation
from core.transitions import MissingInput, NotYours
from organisations.models import User
from organisations.queries.scope import Scope
from procurement.models import LineProgress, OrderLine
from procurement.operations.answers import tell_institutions
from procurement.operations.line_choice import judge_all, locked_choice
from procurement.operations.line_progress import LineKey, advance, line_standings, lock_lines
from procurement.queries.shipping import dispatches
from procurement.states.order_line import CLOCK, SUPPLY_CLAUSE, UNSHIPPED

BUYERS = ("clerk", "reviewer", "leader")


def _closed(row: LineProgress, lines: Mapping[int, datetime | None]) -> str:
    return "余量已经关闭" if lines.get(row.line_id) else ""


def _closing_times(rows: Collection[LineProgress]) -> dict[int, datetime | None]:
    times = [row.ordered_at for row in rows]
    found = OrderLine.objects.filter(
        pk__in=[row.line_id for row in rows], ordered_at__gte=min(times), ordered_at__lte=max(times)
    )
    return dict(found.values_list("pk", "closed_at"))


def _close(rows: Collection[LineProgress], at: datetime) -> None:
    times = [row.ordered_at for row in rows]
    OrderLine.objects.filter(
        pk__in=[row.line_id for row in rows], ordered_at__gte=min(times), ordered_at__lte=max(times)
    ).update(closed_at=at)


def _require_party(scope: Scope) -> None:
    buys = scope.kind == "institution" and scope.has_role(*BUYERS)
    if not buys and not dispatches(scope):
        raise NotYours("余量由下单的医疗机构或该行的配送企业关闭", SUPPLY_CLAUSE)


@operation
def close_rest(
    *, line_ids: Collection[int], reason: str, by: User, scope: Scope, at: datetime,
    seen: Mapping[int, int] | None = None,
) -> list[LineProgress]:  # fmt: skip
    """What was not shipped of these lines will not come: all lines or none, with a reason.

    Raises NotYours, StaleVersion, TransitionRefused naming the lines, MissingInput.
    """
    _require_party(scope)
    if not reason.strip():
        raise MissingInput("reason", "请填写关闭余量的原因", SUPPLY_CLAUSE)
    rows = locked_choice(line_ids=line_ids, scope=scope)
    standings = {row.line_id: line_standings(scope, row) for row in rows}
    known = _closing_times(rows)
    judge_all(
        rows, act="close_rest", standings=standings, seen=seen,
        also=lambda row: _closed(row, known),
    )  # fmt: skip
    _close(rows, at)
    for row in rows:
        row.end_reason = reason.strip()
    rests = {row.line_id: {"unshipped": str(row.packs - row.shipped_packs)} for row in rows}
    advance(
        rows, act="close_rest", by=by, at=at, standings=standings, details=rests,
        reason=reason.strip(),
    )  # fmt: skip
    if scope.kind == "enterprise":
        tell_institutions(rows, at=at, kind="close", words="的余量已关闭，不再发货", body=reason)
    return rows


@operation
def void_lines(
    *, keys: Collection[LineKey], reason: str, by: Actor, at: datetime, scope: Scope | None = None
) -> list[LineProgress]:
    """End lines of which nothing was shipped: by their institution, or (scope None) by the clock.

    The clock leaves out lines that were shipped or ended meanwhile; a person is refused by name.
    """
    if not reason.strip():
        raise MissingInput("reason", "请填写作废原因", SUPPLY_CLAUSE)
    if scope is None:
        rows = [row for row in lock_lines(keys=keys) if row.state in UNSHIPPED]
        standings: dict[int, Collection[str]] = {row.line_id: {CLOCK} for row in rows}
    else:
        rows = locked_choice(line_ids=[line_id for line_id, _ in keys], scope=scope)
        standings = {row.line_id: line_standings(scope, row) for row in rows}
    if not rows:
        return []
    judge_all(rows, act="void", standings=standings)
    _close(rows, at)
    for row in rows:
        row.end_reason = reason.strip()
    advance(rows, act="void", by=by, at=at, standings=standings, reason=reason.strip())
    return rows
