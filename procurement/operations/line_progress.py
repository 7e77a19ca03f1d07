"""The one way in which order lines change state: lock, change the sums, let the table decide."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from core.audit.record import Actor, NewEvent, record_many
from core.operations import operation
from core.transitions import NotYours, StaleVersion, Transition, TransitionRefused
from inbox.operations.tasks import finish_tasks
from organisations.queries.scope import Scope
from procurement.models import LineProgress, Order, OrderLine
from procurement.queries.line_facts import write_progress
from procurement.rules.line_state import LineFacts, state_of
from procurement.states.order_line import (
    ACTS,
    DISTRIBUTOR,
    INSTITUTION,
    LINE_MACHINE,
)

LineKey = tuple[int, datetime]
"""A line's key: its id and ordered_at, by which it is partitioned."""

CHOSEN = "SELECT k.line_id, k.ordered_at FROM unnest(%s::bigint[], %s::timestamptz[]) AS k(line_id, ordered_at)"
SUMS = ("shipped_packs", "delivered_packs", "accepted_packs", "refused_packs", "returned_packs")
WRITTEN = {
    **dict.fromkeys(SUMS, "numeric"), "due_at": "timestamptz", "void_at": "timestamptz",
    "reject_reason": "text", "reject_note": "text", "end_reason": "text", "state": "text",
    "state_at": "timestamptz", "state_by_id": "bigint", "state_by_name": "text",
    "row_version": "integer",
}  # fmt: skip
WRITE = f"""
UPDATE procurement_lineprogress p SET {", ".join(f"{name} = n.{name}" for name in WRITTEN)}
FROM unnest(%(ids)s::bigint[], {", ".join(f"%({name})s::{kind}[]" for name, kind in WRITTEN.items())})
     AS n (id, {", ".join(WRITTEN)})
WHERE p.id = n.id
"""
"""By arrays: composing a CASE for each column and row took nine tenths of confirming 300 lines."""


def line_standings(scope: Scope, row: LineProgress) -> frozenset[str]:
    """What the reader's organisation is to a line; roles are checked by the acts themselves.

    The lead of a consortium stands for its members, who buy as one.
    """
    held = set()
    if scope.organisation_id == row.distributor_id:
        held.add(DISTRIBUTOR)
    if row.institution_id in scope.institution_ids:
        held.add(INSTITUTION)
    return frozenset(held)


@operation
def lock_lines(*, keys: Collection[LineKey]) -> list[LineProgress]:
    """The progress of these lines, locked, in the order of their numbers; made where it is missing.

    Orders are locked before their lines, as the dataset's load does, always by rising number, so
    two who act on overlapping lines wait for each other and never deadlock. Lines that do not
    exist are left out.
    """
    wanted = sorted(set(keys))
    if not wanted:
        return []
    ids, times = [key[0] for key in wanted], [key[1] for key in wanted]
    orders = OrderLine.objects.filter(
        pk__in=ids, ordered_at__gte=min(times), ordered_at__lte=max(times)
    ).values("order_id")
    list(
        Order.objects.select_for_update(no_key=True)
        .filter(pk__in=orders)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            write_progress(CHOSEN, by="平台", only_under_way=False, renew=False), [ids, times]
        )
    return list(
        LineProgress.objects.select_for_update(of=("self",))
        .select_related("order")
        .filter(line_id__in=ids)
        .order_by("line_id")
    )


def facts_of(row: LineProgress, line: OrderLine) -> LineFacts:
    """A locked line's facts. Payments are not read: the act `complete` is settlement's, which pays."""
    return LineFacts(
        packs=row.packs, response=line.response, cancelled=line.cancelled_at is not None,
        closed=line.closed_at is not None, shipped=row.shipped_packs,
        delivered=row.delivered_packs, accepted=row.accepted_packs, refused=row.refused_packs,
        returned=row.returned_packs, unit_price=line.unit_price,
    )  # fmt: skip


def lines_of(rows: Iterable[LineProgress]) -> dict[int, OrderLine]:
    """The order lines of these rows by id, in one query that visits only their months."""
    held = list(rows)
    if not held:
        return {}
    times = [row.ordered_at for row in held]
    found = OrderLine.objects.filter(
        pk__in=[row.line_id for row in held],
        ordered_at__gte=min(times), ordered_at__lte=max(times),
    )  # fmt: skip
    return {line.pk: line for line in found}


def check_versions(rows: Iterable[LineProgress], seen: Mapping[int, int]) -> None:
    """Raises StaleVersion naming the first line that somebody changed since it was read.

    `seen` gives row_version by line id; lines that are not in it are not compared.
    """
    for row in rows:
        if seen.get(row.line_id, row.row_version) != row.row_version:
            raise StaleVersion(
                f"订单行 {row} 已由{row.state_by_name or '他人'}更新为"
                f"“{LINE_MACHINE.state_labels[row.state]}”，请刷新后再办理"
            )


def refuse_unless(row: LineProgress, *, act: str, standings: Collection[str]) -> None:
    """Raises NotYours or TransitionRefused, naming the line, where `act` cannot be done now."""
    rows = [LINE_MACHINE.named(verb) for verb in ACTS[act]]
    held = frozenset(standings)
    own = [row for row in rows if row.by & held]
    if not own:
        raise NotYours.of(LINE_MACHINE.verdict(rows[0], row, held))
    if not any(row.state in transition.sources for transition in own):
        raise TransitionRefused(f"订单行 {row}：{_refusal(own, row)}", own[0].clause)


def advance(
    rows: Sequence[LineProgress],
    *,
    act: str,
    by: Actor,
    at: datetime,
    standings: Mapping[int, Collection[str]],
    details: Mapping[int, Mapping[str, Any]] | None = None,
    reason: str = "",
) -> None:
    """Write locked rows whose sums (and their lines' facts) the caller has changed.

    The state follows from the facts; it must be reachable from the state before by one of the
    act's rows in the table. One update and one insert of audit events for any number of rows.
    `standings` and `details` (what the audit event tells) are by line id.

    Raises NotYours or TransitionRefused naming the line; nothing is written then.
    """
    lines = lines_of(rows)
    events = []
    answered = {row.order_id: row.order.order_no for row in rows if row.state == "sent"}
    for row in rows:
        refuse_unless(row, act=act, standings=standings[row.line_id])
        before, line = row.state, lines[row.line_id]
        # The facts know nothing of payments here: a line is completed by its own act only.
        target = "completed" if act == "complete" else _unpaid(state_of(facts_of(row, line)))
        found = [
            transition for transition in map(LINE_MACHINE.named, ACTS[act])
            if before in transition.sources and transition.target == target
        ]  # fmt: skip
        if not found:
            raise TransitionRefused(
                f"订单行 {row}：不能由“{LINE_MACHINE.state_labels[before]}”变为"
                f"“{LINE_MACHINE.state_labels[target]}”",
                LINE_MACHINE.named(ACTS[act][0]).clause,
            )
        row.state = target
        row.state_at, row.state_by_id, row.state_by_name = at, by.audit_id, by.audit_name
        row.due_at = line.response_due_at if target == "sent" else line.delivery_due_at
        row.row_version += 1
        events.append(
            NewEvent(
                action=f"order_line.{act}", object_type=LINE_MACHINE.name,
                object_key=str(row.line_id), object_label=str(row), reason=reason,
                clause=found[0].clause,
                detail={"from": before, "to": target, **(details or {}).get(row.line_id, {})},
            )
        )  # fmt: skip
    _write(rows)
    record_many(events, by=by, at=at)
    _end_tasks(answered, at)


def _write(rows: Sequence[LineProgress]) -> None:
    """These rows as they are now, in one statement."""
    given: dict[str, list[Any]] = {name: [getattr(row, name) for row in rows] for name in WRITTEN}
    with connection.cursor() as cursor:
        cursor.execute(WRITE, given | {"ids": [row.pk for row in rows]})


def _end_tasks(orders: Mapping[int, str], at: datetime) -> None:
    """The distributor's 待办 of an order (operations/place_orders.py) ends with its last open line."""
    if not orders:
        return
    waiting = LineProgress.objects.filter(order_id__in=orders, state="sent")
    still = set(waiting.values_list("order_id", flat=True))
    ended = [number for pk, number in orders.items() if pk not in still]
    if ended:
        finish_tasks(object_type="order", object_keys=ended, at=at)


def _unpaid(state: str) -> str:
    return "received" if state == "completed" else state


def _refusal(own: Sequence[Transition], row: LineProgress) -> str:
    sources = frozenset().union(*(transition.sources for transition in own))
    labels = "、".join(
        label for state, label in LINE_MACHINE.state_labels.items() if state in sources
    )
    return (
        f"当前状态为“{LINE_MACHINE.state_labels[row.state]}”，"
        f"只有“{labels}”的订单行可以{own[0].label}"
    )
