"""Lines that were confirmed and never shipped: announced, then voided, where the policy says so."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.audit.record import Actor, NewEvent, record_many
from core.operations import operation
from core.workdays.deadlines import shanghai_day
from inbox.operations.notices import NewNotice, notify
from procurement.models import LineProgress
from procurement.operations.line_ends import void_lines
from procurement.operations.line_progress import lock_lines
from procurement.queries.shipping import values_of_lines
from procurement.rules.idle_lines import void_time
from procurement.states.order_line import LINE_MACHINE, SUPPLY_CLAUSE

DAYS = "ship_void_days"
REASON = "确认后逾期未发货，按规定自动作废"


@operation
def announce_voids(*, by: Actor, at: datetime) -> int:
    """Tell both sides of lines that will be voided, at least a day before. Gives how many.

    Safe to run again: a line is announced once; being shipped takes the announcement back.
    """
    idle = LineProgress.objects.filter(
        state="confirmed", void_at__isnull=True, state_at__lte=at - timedelta(hours=1)
    ).select_related("batch")
    today = shanghai_day(at)
    due = {
        row.line_id: time
        for row, days in values_of_lines(idle, DAYS, on=lambda row: today)
        if (time := void_time(confirmed_at=row.state_at, days=days, now=at)) is not None
    }
    keys = [(row.line_id, row.ordered_at) for row in idle if row.line_id in due]
    rows = [
        row for row in lock_lines(keys=keys) if row.state == "confirmed" and row.void_at is None
    ]
    for row in rows:
        row.void_at = due[row.line_id]
        row.row_version += 1
    LineProgress.objects.bulk_update(rows, ["void_at", "row_version"])
    record_many(
        [
            NewEvent(
                action="order_line.announce_void", object_type=LINE_MACHINE.name,
                object_key=str(row.line_id), object_label=str(row), clause=SUPPLY_CLAUSE,
                detail={"void_at": row.void_at.isoformat() if row.void_at else ""},
            )
            for row in rows
        ],
        by=by, at=at,
    )  # fmt: skip
    _tell(rows, at, "将自动作废", "确认后一直没有发货；要保留的请在此之前发货")
    return len(rows)


@operation
def void_announced(*, by: Actor, at: datetime) -> int:
    """Void what was announced and whose time has come; what was shipped meanwhile stays."""
    due = LineProgress.objects.filter(state="confirmed", void_at__lte=at)
    rows = void_lines(
        keys=list(due.values_list("line_id", "ordered_at")), reason=REASON, by=by, at=at
    )
    _tell(rows, at, "已自动作废", REASON)
    return len(rows)


def _tell(rows: list[LineProgress], at: datetime, words: str, body: str) -> None:
    """One notice for each side of these lines."""
    sides: dict[int, list[LineProgress]] = {}
    for row in rows:
        for party in (row.distributor_id, row.institution_id):
            if party is not None:
                sides.setdefault(party, []).append(row)
    notify(
        notices=[
            NewNotice(
                party, f"void:{own[0].line_id}:{at.isoformat()}:{party}",
                f"{len(own)} 个订单行{words}",
                f"{body}：" + "、".join(str(row) for row in own[:20]),
            )
            for party, own in sorted(sides.items())
        ],
        at=at,
    )  # fmt: skip
