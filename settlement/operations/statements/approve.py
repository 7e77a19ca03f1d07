"""Review and approval by different people; what is approved is owed and posted at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from core.audit.record import Actor
from core.operations import operation
from core.transitions import TransitionRefused
from core.workdays.deadlines import shanghai_day
from organisations.models import User
from organisations.queries.scope import Scope
from settlement.models import Statement
from settlement.operations.ledger import EventKey, LedgerLine, Source, post
from settlement.operations.statements.settle import settle_inside
from settlement.operations.statements.telling import tell_holders
from settlement.queries.statements import statement_standings, suspended
from settlement.queries.terms import dual_amount
from settlement.states.statement import APPROVER, HOLD_CLAUSE, STATEMENT_MACHINE


@operation
def review_statement(
    *, statement: Statement, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> Statement:
    """The pool's clerk passes it on; one without a live line is closed. Two people approve when
    the amount is above dual_approval_amount (exactly as much needs one).
    """
    with transaction.atomic():
        row = _locked(statement)
        nothing = not row.lines.filter(state="live").exists()
        row.reviewed_by_id, row.reviewed_by_name = by.audit_id, by.audit_name
        row.first_by_id = row.second_by_id = None
        row.first_by_name = row.second_by_name = ""
        row.needs_two = row.total > dual_amount(row.pool, row.month)
        moved: Statement
        moved, _ = STATEMENT_MACHINE.perform(
            verb="close" if nothing else "review", obj=row, by=by, at=at,
            seen_version=seen_version, standings=lambda held: statement_standings(scope, held),
        )  # fmt: skip
        row.save(
            update_fields=[
                "reviewed_by_id", "reviewed_by_name", "first_by_id", "first_by_name",
                "second_by_id", "second_by_name", "needs_two",
            ]
        )  # fmt: skip
    moved.refresh_from_db()
    tell_holders(moved, at)
    return moved


@operation
def approve_statement(
    *, statement: Statement, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> Statement:
    """Another person than the reviewer approves; above the amount a third one after that.

    Posts what is owed: the institutions' claims against the payable. Advances and credits of the
    payee are set off at once. Refused while the payee's direct settlement is suspended.
    """
    row = _locked(statement)
    if APPROVER in statement_standings(scope, row) and suspended([row.payee_id], shanghai_day(at)):
        raise TransitionRefused("收款企业处于暂停直接结算期间，恢复后再批准", HOLD_CLAUSE)
    verb = "approve_second" if row.state == "countersigned" else "approve"
    if row.state == "reviewed" and row.needs_two:
        verb = "approve_first"
    held = statement_standings(scope, row)
    with transaction.atomic():
        names = "second" if verb == "approve_second" else "first"
        if APPROVER in held:
            setattr(row, f"{names}_by_id", by.audit_id)
            setattr(row, f"{names}_by_name", by.audit_name)
            row.save(update_fields=[f"{names}_by_id", f"{names}_by_name"])
        if verb == "approve_first" or APPROVER not in held:
            row, _ = STATEMENT_MACHINE.perform(
                verb=verb, obj=row, by=by, at=at, seen_version=seen_version,
                standings=lambda _: held,
            )  # fmt: skip
        else:
            row = owe(row, verb, held, by=by, at=at, seen_version=seen_version)
    tell_holders(row, at)
    return row


@operation
def return_statement(
    *, statement: Statement, reason: str, by: User, scope: Scope, at: datetime,
    seen_version: int | None = None,
) -> Statement:  # fmt: skip
    """Back to review with a reason."""
    row: Statement
    row, _ = STATEMENT_MACHINE.perform(
        verb="return", obj=statement, by=by, at=at, seen_version=seen_version,
        inputs={"return_reason": reason.strip()},
        standings=lambda held: statement_standings(scope, held),
    )  # fmt: skip
    tell_holders(row, at)
    return row


def owe(
    row: Statement, verb: str, standings: Collection[str], *, by: Actor, at: datetime,
    seen_version: int | None = None,
) -> Statement:  # fmt: skip
    """Post what a statement makes owed, once, and move it on; credits are set off at once.

    Fund: the institutions' claims (debit) against the payee's payable. Institution: its goods
    (debit) against what it owes. A statement of returns posts the same with the signs turned.
    """
    transition = STATEMENT_MACHINE.named(verb)
    said = STATEMENT_MACHINE.verdict(transition, row, standings)
    if not said:
        raise TransitionRefused.of(said)
    on = shanghai_day(at)
    shares = row.lines.filter(state="live").values_list("institution_id")
    lines = []
    for institution, amount in shares.annotate(total=Sum("amount")).order_by("institution_id"):
        purpose = "claim" if row.mode == Statement.Mode.FUND else "goods"
        lines.append(LedgerLine(purpose, amount, institution_id=institution))
    if row.mode == Statement.Mode.FUND:
        lines.append(LedgerLine("payable", -row.total, enterprise_id=row.payee_id))
    else:
        lines.append(LedgerLine("owed", -row.total, row.institution_id, row.payee_id))
    if len([line for line in lines if line.amount]) >= 2:
        row.entry = post(
            key=EventKey("statement.approved", row.statement_no), pool_id=row.pool_id,
            lines=lines, occurred_on=on, source=source_of(row),
            text=f"应付货款：{row.payee.name} {row.month:%Y-%m}", by=by, at=at,
        )  # fmt: skip
    row.approved_on = on
    row.save(update_fields=["entry", "approved_on"])
    moved, _ = STATEMENT_MACHINE.perform(
        verb=verb, obj=row, by=by, at=at, seen_version=seen_version, standings=lambda _: standings
    )
    return settle_inside(moved, by=by, at=at)


def source_of(row: Statement) -> Source:
    return Source("statement", row.pk, f"结算单 {row.statement_no}")


def _locked(statement: Statement) -> Statement:
    rows = Statement.objects.select_for_update(of=("self",)).select_related("pool", "payee")
    return rows.get(pk=statement.pk)
