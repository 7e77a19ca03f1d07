"""Settle approved statements: by the bank, by advances, by the payee's own credits."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Sum

from core.audit.record import Actor, record
from core.workdays.deadlines import shanghai_day
from procurement.models import Payment
from procurement.operations.payments import LinePaid, record_payments
from settlement.models import BankOrder, LedgerEntry, Statement, StatementPayment
from settlement.operations.ledger import EventKey, LedgerLine, Source, post
from settlement.queries.ledger import balance
from settlement.states.statement import CLOCK, OWED, PAYER, STATEMENT_MACHINE

ZERO = Decimal(0)
Kind = StatementPayment.Kind


def settle_inside(row: Statement, *, by: Actor, at: datetime) -> Statement:
    """A newly approved statement takes the payee's advance and its credits, oldest first.

    One of returns is set off against what is open. Nothing moves between different payers.
    """
    on = shanghai_day(at)
    if row.mode == Statement.Mode.FUND and row.open_amount > 0:
        advance = balance(row.pool_id, "advance", enterprise_id=row.payee_id)
        amount = min(advance, row.open_amount)
        if amount > 0:
            entry = post(
                key=EventKey("advance.settled", row.statement_no), pool_id=row.pool_id,
                lines=[
                    LedgerLine("payable", amount, enterprise_id=row.payee_id),
                    LedgerLine("advance", -amount, enterprise_id=row.payee_id),
                ],
                occurred_on=on, source=Source("statement", row.pk, f"结算单 {row.statement_no}"),
                text=f"预付抵减：{row.payee.name} {row.month:%Y-%m}", by=by, at=at,
            )  # fmt: skip
            row = take(row, Kind.ADVANCE, amount, on, "预付", entry, by=by, at=at)
    others = Statement.objects.select_for_update(of=("self",)).filter(
        pool=row.pool_id, payee=row.payee_id, mode=row.mode, institution=row.institution_id,
        state__in=OWED,
    )  # fmt: skip
    for other in others.exclude(pk=row.pk).order_by("month", "pk"):
        if not row.open_amount:
            break
        opposite = (other.open_amount > 0) != (row.open_amount > 0)
        asked = BankOrder.objects.filter(statement=other, state="sent").exists()
        if not other.open_amount or not opposite or asked:
            continue
        size = min(abs(other.open_amount), abs(row.open_amount))
        sign = 1 if row.open_amount > 0 else -1
        # Both stand on the same payable account, which knows the net already: no entry.
        take(other, Kind.SET_OFF, -sign * size, on, row.statement_no, None, by=by, at=at)
        row = take(row, Kind.SET_OFF, sign * size, on, other.statement_no, None, by=by, at=at)
    if row.total == 0 and row.state == "approved":
        row = _move(row, "pay", by, at)
    if row.total <= 0:
        # Its own returns pay for whatever it holds of receipts.
        _pay_lines(row, on, by=by, at=at)
    return row


def take(
    row: Statement, kind: str, amount: Decimal, paid_on: date, reference: str,
    entry: LedgerEntry | None, *, by: Actor, at: datetime,
) -> Statement:  # fmt: skip
    """Count `amount` (yuan) as settled of a locked statement, and of its order lines.

    The caller has made sure that it is no more than is open. The statement becomes part_paid or paid.
    """
    StatementPayment.objects.create(
        statement=row, kind=kind, amount=amount, paid_on=paid_on, reference=reference, entry=entry,
        recorded_at=at, recorded_by_name=by.audit_name,
    )  # fmt: skip
    row.paid += amount
    row.save(update_fields=["paid"])
    record(
        by=by, at=at, action="statement.settle", object_type="statement", object_key=row.pk,
        object_label=row.statement_no,
        detail={"amount": f"{amount}", "kind": str(kind), "reference": reference},
    )  # fmt: skip
    moved = _move(row, "pay" if row.paid == row.total else "pay_part", by, at)
    _pay_lines(moved, paid_on, by=by, at=at)
    return moved


def give_back(
    row: Statement, amount: Decimal, came_on: date, reference: str, entry: LedgerEntry, *,
    by: Actor, at: datetime,
) -> Statement:  # fmt: skip
    """Open `amount` (yuan, above 0) of a locked statement again: the bank paid it and got it back.

    Its order lines are paid by that much less. The statement becomes part_paid or approved.
    """
    moved = _move(row, "bounce_part" if row.paid > amount else "bounce", by, at)
    StatementPayment.objects.create(
        statement=moved, kind=Kind.RETURNED, amount=-amount, paid_on=came_on, reference=reference,
        entry=entry, recorded_at=at, recorded_by_name=by.audit_name,
    )  # fmt: skip
    moved.paid -= amount
    moved.save(update_fields=["paid"])
    _pay_lines(moved, came_on, by=by, at=at)
    return moved


def _move(row: Statement, verb: str, by: Actor, at: datetime) -> Statement:
    moved, _ = STATEMENT_MACHINE.perform(
        verb=verb, obj=row, by=by, at=at, standings=lambda _: (PAYER, CLOCK)
    )
    found: Statement = moved
    return found


def _pay_lines(row: Statement, paid_on: date, *, by: Actor, at: datetime) -> None:
    """Write recorded payments of order lines: what is settled so far, the oldest receipts first.

    Returns of the same statement pay for its receipts before any money does: together they are
    settled when the statement is, and no line is ever paid more than was stated of it. What came
    back is written as negative payments of the newest.
    """
    net: dict[tuple[int, datetime], Decimal] = defaultdict(lambda: ZERO)
    for line in row.lines.filter(state="live").order_by("fact_at", "pk"):
        net[(line.line_id, line.ordered_at)] += line.amount
    credit = -sum((amount for amount in net.values() if amount < 0), ZERO)
    left = max(row.paid, ZERO) + credit
    mark = f"{row.statement_no}~"
    written = Payment.objects.filter(
        payment_no__startswith=mark, line_id__in=[key[0] for key in net]
    )
    before = dict(written.values_list("line_id").annotate(total=Sum("amount")))
    number = written.count()
    rows = []
    for (line_id, ordered_at), amount in net.items():
        part = min(max(amount, ZERO), left)
        left -= part
        new = part - before.get(line_id, ZERO)
        if new:
            number += 1
            rows.append(LinePaid(f"{mark}{number}", line_id, ordered_at, row.payee_id, new))
    if rows:
        record_payments(rows=rows, payer=row.mode, paid_on=paid_on, by=by, at=at)
