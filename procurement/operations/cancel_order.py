"""撤单: the institution takes back lines that nobody has answered."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.urls import reverse

from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from inbox.operations.notices import NewNotice, notify
from organisations.models import User
from organisations.queries.scope import Scope
from procurement.models import LineProgress, Order, OrderLine
from procurement.operations.line_progress import (
    advance,
    line_standings,
    lock_lines,
    refuse_unless,
)
from procurement.queries.ordering import BUYERS
from procurement.states.order_line import RESPONSE_CLAUSE


@operation
def cancel_order(
    *,
    order: Order,
    line_nos: Collection[int],
    reason: str,
    by: User,
    scope: Scope,
    at: datetime,
) -> list[LineProgress]:
    """Take back the named lines, or without names all that are unanswered.

    Against an answer at the same time one wins: the lines are locked, the later is told. The
    distributor gets a notice; its 待办 ends with the last unanswered line.

    Raises NotYours, MissingInput for lines that the order has not, TransitionRefused where a named
    line was answered, or no line is unanswered any more.
    """
    if order.institution_id not in scope.institution_ids or not scope.has_role(*BUYERS):
        raise NotYours("撤单由下单的医疗机构经办、审核人员或负责人办理", RESPONSE_CLAUSE)
    lines = OrderLine.objects.filter(order=order, ordered_at=order.sent_at)
    if line_nos:
        lines = lines.filter(line_no__in=list(line_nos))
    found = list(lines)
    missing = sorted(set(line_nos) - {line.line_no for line in found})
    if missing:
        raise MissingInput("line_nos", f"订单没有第 {missing[0]} 行", RESPONSE_CLAUSE)
    rows = lock_lines(keys=[(line.pk, line.ordered_at) for line in found])
    standings = {row.line_id: line_standings(scope, row) for row in rows}
    chosen = rows if line_nos else [row for row in rows if row.state == "sent"]
    if not chosen:
        raise TransitionRefused(
            f"订单 {order} 没有未答复的行，不能撤单：配送企业已答复的，请与配送企业协商",
            RESPONSE_CLAUSE,
        )
    for row in chosen:
        refuse_unless(row, act="cancel", standings=standings[row.line_id])
    OrderLine.objects.filter(
        pk__in=[row.line_id for row in chosen], ordered_at=order.sent_at
    ).update(cancelled_at=at)
    note = reason.strip()
    advance(
        chosen, act="cancel", by=by, at=at, standings=standings, reason=note,
        details={row.line_id: {"note": note} for row in chosen},
    )  # fmt: skip
    if order.distributor_id is not None:
        notify(
            notices=[
                NewNotice(
                    order.distributor_id, f"order-{order.order_no}-cancelled-{at:%Y%m%d%H%M%S%f}",
                    f"订单 {order.order_no} 撤单 {len(chosen)} 行：{order.institution.name}", note,
                    reverse("order", args=[order.order_no]),
                )
            ],
            at=at,
        )  # fmt: skip
    return chosen
