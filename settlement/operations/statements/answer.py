"""The payee confirms or disputes, the institutions verify; who does not answer in time is passed over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from core.audit.record import Actor, record
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from core.workdays.deadlines import add_workdays
from organisations.models import User
from organisations.queries.scope import Scope
from settlement.models import Statement, StatementCheck, StatementLine
from settlement.operations.statements.approve import owe
from settlement.operations.statements.draft import add_up
from settlement.operations.statements.telling import tell_holders
from settlement.queries.statements import statement_standings
from settlement.queries.terms import pool_values
from settlement.states.statement import CLAUSE, CLOCK, INSTITUTION, STATEMENT_MACHINE

MISSED = "医疗机构在核实期限内没有答复，本行移入下期结算"


@operation
@transaction.atomic
def confirm_statement(
    *,
    statement: Statement,
    disputes: Mapping[int, str],
    invoice_no: str = "",
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> Statement:
    """The payee confirms; lines in `disputes` (id → reason) are struck and carried over.

    `invoice_no` is given to lines of receipts that have none. The institutions then have
    settlement_reply_workdays. Raises NotYours, TransitionRefused, StaleVersion, MissingInput.
    """
    row, _ = STATEMENT_MACHINE.perform(
        verb="confirm", obj=statement, by=by, at=at, seen_version=seen_version,
        standings=lambda held: statement_standings(scope, held),
    )  # fmt: skip
    _strike(row, disputes, Q(), by, at)
    bare = row.lines.filter(state="live", amount__gt=0, invoice_no="")
    if invoice_no.strip():
        bare.update(invoice_no=invoice_no.strip()[:60])
    elif bare.exists():
        raise MissingInput(
            "invoice_no", f"有 {bare.count()} 行收货没有发票号，请填写发票号后再确认", CLAUSE
        )
    days = int(pool_values(row.pool, row.month)["settlement_reply_workdays"].number)
    row.reply_due_on = add_workdays(at, days).day
    row.save(update_fields=["reply_due_on"])
    live = row.lines.filter(state="live").values("institution_id")
    row.checks.exclude(institution_id__in=live).update(state="confirmed", answered_at=at)
    return _go_on(row, by, at)


@operation
@transaction.atomic
def answer_statement(
    *,
    statement: Statement,
    disputes: Mapping[int, str],
    replies: Mapping[int, str] | None = None,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> Statement:
    """An institution (the lead for its members) verifies its own lines, or disputes some of them.

    `replies` answer lines that the payee disputed. With the last institution the statement goes to
    review; where institutions pay, it is owed from then on.
    """
    row = Statement.objects.select_for_update(of=("self",)).get(pk=statement.pk)
    held = statement_standings(scope, row)
    if INSTITUTION not in held:
        raise NotYours("核实由有收货行的医疗机构的会计或负责人办理", CLAUSE)
    said = STATEMENT_MACHINE.verdict(STATEMENT_MACHINE.named("answer"), row, held)
    if not said:
        raise TransitionRefused.of(said)
    own = Q(institution_id__in=sorted(scope.institution_ids))
    checks = row.checks.filter(own, state="waiting")
    if not checks.exists():
        raise TransitionRefused("本机构已经核实过这张结算单", CLAUSE)
    _strike(row, disputes, own, by, at)
    for pk, words in (replies or {}).items():
        if words.strip():
            row.lines.filter(own, pk=pk, state="disputed").update(
                reply=words.strip()[:500], reply_by_name=by.audit_name
            )
    names = list(checks.values_list("institution__name", flat=True))
    checks.update(
        state="confirmed", answered_at=at, answered_by_id=by.audit_id, answered_by_name=by.audit_name
    )  # fmt: skip
    record(
        by=by, at=at, action="statement.verify", object_type="statement", object_key=row.pk,
        object_label=row.statement_no, clause=CLAUSE,
        detail={"institutions": names, "disputed": len(disputes)},
    )  # fmt: skip
    return _go_on(row, by, at)


@operation
def pass_over_overdue(*, on: date, by: Actor, at: datetime) -> int:
    """Statements whose reply_due_on is before `on` go on without the institutions that are silent."""
    rows = Statement.objects.select_for_update(of=("self",)).filter(
        state="confirmed", reply_due_on__lt=on
    )
    count = 0
    for row in rows.select_related("pool").order_by("pk"):
        waiting = row.checks.filter(state="waiting")
        silent = list(waiting.values_list("institution_id", flat=True))
        row.lines.filter(state="live", institution_id__in=silent).update(
            state="unanswered", reason=MISSED, struck_at=at, struck_by_name=by.audit_name
        )
        waiting.update(state="missed", answered_at=at, answered_by_name=by.audit_name)
        _go_on(row, by, at, verb="miss")
        count += 1
    return count


def _go_on(row: Statement, by: Actor, at: datetime, verb: str = "answer") -> Statement:
    """To review when no institution waits any more; institution-paid ones become owed at once."""
    add_up(row)
    if not StatementCheck.objects.filter(statement=row, state="waiting").exists():
        row = _clock(row, verb, by, at)
        if row.mode == Statement.Mode.INSTITUTION:
            if row.lines.filter(state="live").exists():
                row = owe(row, "accept", frozenset({CLOCK}), by=by, at=at)
            else:
                row = _clock(row, "close", by, at)
    tell_holders(row, at)
    return row


def _clock(row: Statement, verb: str, by: Actor, at: datetime) -> Statement:
    moved, _ = STATEMENT_MACHINE.perform(
        verb=verb, obj=row, by=by, at=at, standings=lambda held: (CLOCK,)
    )
    found: Statement = moved
    return found


def _strike(row: Statement, disputes: Mapping[int, str], own: Q, by: Actor, at: datetime) -> None:
    """Take the named live lines out, each with its reason. Raises MissingInput for others' lines."""
    for pk, reason in disputes.items():
        if not reason.strip():
            raise MissingInput("reason", "请写明对该行有异议的原因", CLAUSE)
        struck = StatementLine.objects.filter(own, statement=row, pk=pk, state="live").update(
            state="disputed", reason=reason.strip()[:500], struck_at=at,
            struck_by_name=by.audit_name,
        )  # fmt: skip
        if not struck:
            raise MissingInput(
                "lines", "有异议的行不在这张结算单由您核实的行中，只填状态为“计入本单”的", CLAUSE
            )
