"""Deadlines of warnings that were counted in a year without calendar, once it has one."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from django.urls import reverse

from core.audit.record import Actor, record
from core.operations import operation
from core.workdays.deadlines import add_workdays, day_end
from inbox.operations.due import move_due
from inbox.operations.notices import NewNotice, notify
from monitoring.indicators.cut import MonthCut
from monitoring.models import Warning
from monitoring.operations.compute_month import Progress, Silent
from monitoring.operations.warning_inputs.values import rule_values
from monitoring.queries.warning_standings import OBJECT_TYPE
from monitoring.states import OPEN_STATES

KEY = "rectification_workdays"
ACT = "answer_warning"
Group = tuple[date, datetime, str, int]


@operation
def recompute_deadlines(
    *, year: int, by: Actor, at: datetime, listener: Progress | None = None
) -> dict[str, int]:
    """Count the open warnings' 暂定 answer dates anew, from the day each was sent out.

    The working days are those of the policy in the month that opened it. Tasks follow, and whoever
    holds them is told once. Gives how many became firm, and how many of those moved.
    """
    listener = listener or Silent()
    waiting = Warning.objects.select_for_update(of=("self",)).filter(
        answer_due_provisional=True, state__in=OPEN_STATES
    )
    groups: dict[Group, list[Warning]] = defaultdict(list)
    for warning in waiting.order_by("pk"):
        key = (warning.first_month, warning.opened_at, warning.batch_code, warning.province_id)
        groups[key].append(warning)
    values: dict[date, dict[tuple[str, int | None], int]] = {}
    firm, moved = [], 0
    for done, ((month, opened_at, batch, province), warnings) in enumerate(groups.items()):
        listener.progress(done, len(groups), f"重算 {month:%Y-%m} 发出的预警")
        held = values.setdefault(month, _workdays(month))
        workdays = held.get((batch, None if batch else province))
        if workdays is None:
            continue
        due = add_workdays(opened_at, workdays)
        for warning in warnings:
            moved += warning.answer_due_on != due.day
            warning.answer_due_on, warning.answer_due_provisional = due.day, due.provisional
        Warning.objects.bulk_update(
            warnings, ["answer_due_on", "answer_due_provisional"], batch_size=1000
        )
        firm += [warning for warning in warnings if not due.provisional]
    _tell(firm, year, at)
    counts = {"firm": len(firm), "moved": moved}
    record(
        by=by, at=at, action="warning.recompute_deadlines", object_type="calendar_year",
        object_key=year, object_label=f"{year} 年工作日历", detail=counts,
    )  # fmt: skip
    return counts


def _workdays(month: date) -> dict[tuple[str, int | None], int]:
    """Working days for an answer by batch, or by province for what has no batch."""
    return {
        (value.batch_code, value.province_id): int(value.value)
        for value in rule_values(MonthCut(month).last_day)
        if value.key == KEY and value.in_force and value.value is not None
    }


def _tell(firm: list[Warning], year: int, at: datetime) -> None:
    """Move the tasks of these warnings, and tell each organisation how many of its own moved."""
    due = [(w.warning_no, day_end(w.answer_due_on)) for w in firm if w.answer_due_on]
    counts: dict[int, int] = defaultdict(int)
    for organisation_id, _ in move_due(object_type=OBJECT_TYPE, act=ACT, due=due):
        counts[organisation_id] += 1
    notify(
        notices=[
            NewNotice(
                organisation_id=organisation_id,
                key=f"deadlines:{year}:{at.isoformat()}:{organisation_id}",
                title=f"{year} 年节假日安排已公布，{count} 条预警的答复期限由暂定改为确定，请查看",
                url=reverse("task-list"),
            )
            for organisation_id, count in sorted(counts.items())
        ],
        at=at,
    )
