"""A distributor answers lines: confirms them, or refuses them with a coded reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime

from django.urls import reverse

from core.operations import operation
from core.transitions import MissingInput
from inbox.operations.notices import NewNotice, notify
from organisations.models import User
from organisations.queries.scope import Scope
from procurement.models import LineProgress, OrderLine
from procurement.operations.line_choice import judge_all, locked_choice, require_dispatcher
from procurement.operations.line_progress import advance, line_standings
from procurement.states.order_line import RESPONSE_CLAUSE


def write_answer(rows: Collection[LineProgress], at: datetime, **answer: str) -> None:
    """The answer on the lines themselves, in one statement that visits only their months."""
    times = [row.ordered_at for row in rows]
    OrderLine.objects.filter(
        pk__in=[row.line_id for row in rows], ordered_at__gte=min(times), ordered_at__lte=max(times)
    ).update(responded_at=at, **answer)


@operation
def confirm_lines(
    *, line_ids: Collection[int], by: User, scope: Scope, at: datetime,
    seen: Mapping[int, int] | None = None,
) -> list[LineProgress]:  # fmt: skip
    """Confirm all these lines, or none. `seen` is each line's version as it was read.

    Raises NotYours, StaleVersion, TransitionRefused naming the lines, MissingInput.
    """
    require_dispatcher(scope)
    rows = locked_choice(line_ids=line_ids, scope=scope)
    standings = {row.line_id: line_standings(scope, row) for row in rows}
    judge_all(rows, act="confirm", standings=standings, seen=seen)
    write_answer(rows, at, response=OrderLine.Response.CONFIRMED)
    advance(rows, act="confirm", by=by, at=at, standings=standings)
    return rows


@operation
def reject_lines(
    *, line_ids: Collection[int], reason: str, note: str, by: User, scope: Scope, at: datetime,
    seen: Mapping[int, int] | None = None,
) -> list[LineProgress]:  # fmt: skip
    """Refuse all these lines with one of RejectReason's codes, or none; the hospitals are told.

    Raises as `confirm_lines`, and MissingInput for an unknown code or 其他 without words.
    """
    require_dispatcher(scope)
    if reason not in OrderLine.RejectReason.values:
        raise MissingInput("reason", "请选择拒绝原因", RESPONSE_CLAUSE)
    if reason == OrderLine.RejectReason.OTHER and not note.strip():
        raise MissingInput("note", "原因为“其他”的，请写明情况", RESPONSE_CLAUSE)
    rows = locked_choice(line_ids=line_ids, scope=scope)
    standings = {row.line_id: line_standings(scope, row) for row in rows}
    judge_all(rows, act="reject", standings=standings, seen=seen)
    write_answer(rows, at, response=OrderLine.Response.REJECTED, reject_reason=reason)
    for row in rows:
        row.reject_reason, row.reject_note = reason, note.strip()
    label = OrderLine.RejectReason(reason).label
    told = {"reject_reason": label, "reject_note": note.strip()}
    advance(
        rows, act="reject", by=by, at=at, standings=standings, reason=label,
        details={row.line_id: told for row in rows},
    )  # fmt: skip
    tell_institutions(rows, at=at, kind="reject", words=f"被拒绝（{label}）", body=note.strip())
    return rows


def tell_institutions(
    rows: Collection[LineProgress], *, at: datetime, kind: str, words: str, body: str = ""
) -> None:
    """One notice to each institution of these lines."""
    counts = Counter(row.institution_id for row in rows)
    orders: dict[int, set[str]] = {}
    for row in rows:
        orders.setdefault(row.institution_id, set()).add(row.order.order_no)
    first = min(row.line_id for row in rows)
    notify(
        notices=[
            NewNotice(
                institution, f"{kind}:{first}:{at.isoformat()}:{institution}",
                f"{number} 个订单行{words}",
                "；".join(filter(None, (body, "订单 " + "、".join(sorted(orders[institution])[:20])))),
                reverse("orders"),
            )
            for institution, number in sorted(counts.items())
        ],
        at=at,
    )  # fmt: skip
