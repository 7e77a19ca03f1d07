"""待办 of a statement: exactly whoever has to act now."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from core.workdays.deadlines import day_end
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from settlement.models import Statement, StatementCheck
from settlement.queries.statements import (
    ACCOUNTANTS,
    APPROVERS,
    CLERKS,
    PAYERS,
    SELLERS,
    agency_of,
    office_of,
)

OBJECT_TYPE = "statement"
Holder = tuple[int, str, str, tuple[str, ...], datetime | None]


def tell_holders(row: Statement, at: datetime) -> None:
    """End the tasks of the step before and open those of the state."""
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[row.statement_no], at=at)
    tasks = [
        NewTask(
            organisation_id=whose, act=act, title=f"{words}：{row.payee.name} {row.month:%Y-%m}",
            object_type=OBJECT_TYPE, object_key=row.statement_no,
            url=reverse("statement", args=[row.statement_no]), roles=roles, due_at=due,
        )
        for whose, act, words, roles, due in holders(row)
    ]  # fmt: skip
    if tasks:
        open_tasks(tasks=tasks, at=at)


def holders(row: Statement) -> list[Holder]:
    """(organisation, act, words, roles, due) of those who act in this state."""
    if row.state == "drafted":
        return [(row.payee_id, "confirm_statement", "确认结算单", SELLERS, None)]
    if row.state == "confirmed":
        due = day_end(row.reply_due_on) if row.reply_due_on else None
        waiting = StatementCheck.objects.filter(statement=row, state="waiting")
        return [
            (check, "answer_statement", "核实结算单", ACCOUNTANTS, due)
            for check in waiting.values_list("institution_id", flat=True)
        ]
    if row.state in ("approved", "part_paid") and row.open_amount > 0:
        payer = row.institution_id or getattr(agency_of(row), "pk", None)
        roles = ACCOUNTANTS if row.institution_id else PAYERS
        due = day_end(row.due_on)
        return [(payer, "pay_statement", "支付货款", roles, due)] if payer else []
    steps = {
        "answered": ("review_statement", "审核结算单", CLERKS),
        "reviewed": ("approve_statement", "批准结算单", APPROVERS),
        "countersigned": ("approve_statement", "批准结算单（第二人）", APPROVERS),
    }
    office = office_of(row)
    if row.state in steps and office is not None and row.mode == "fund":
        return [(office.pk, *steps[row.state], None)]
    return []
