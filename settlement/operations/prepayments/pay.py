"""Pay a prepayment, and book what comes back of it after the year."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from core.workdays.deadlines import shanghai_day
from organisations.models import User
from organisations.queries.scope import Scope
from settlement.models import LedgerEntry, Prepayment
from settlement.operations.ledger import EventKey, LedgerLine, Source, post
from settlement.operations.prepayments.decide import locked
from settlement.operations.prepayments.offset import offset_months, settle_used_up
from settlement.operations.prepayments.telling import OBJECT_TYPE, tell_prepayment, whose
from settlement.queries.prepayments import (
    advances_from,
    agency_prepayment,
    left_of,
    prepayment_standings,
    year_of_prepayment,
)
from settlement.queries.statements import suspended
from settlement.states.ledger import Purpose, SourceKind
from settlement.states.prepayment import CLAUSE, PAYER, PREPAYMENT_MACHINE
from settlement.states.statement import HOLD_CLAUSE

CENT = Decimal("0.01")
Kind = Prepayment.Kind


def source_of(row: Prepayment) -> Source:
    return Source(SourceKind.PREPAYMENT, row.pk, f"预付金 {row.prepayment_no}")


@operation
@transaction.atomic
def pay_prepayment(
    *, prepayment: Prepayment, paid_on: date, by: User, scope: Scope, at: datetime,
    seen_version: int | None = None,
) -> Prepayment:  # fmt: skip
    """The pool's agency pays out of the fund, a supplier's advance out of its own working capital.

    Raises NotYours, TransitionRefused (also where the working capital does not cover an advance, or
    the supplier is suspended), MissingInput, StaleVersion.
    """
    row = locked(prepayment)
    held = prepayment_standings(scope, row)
    said = PREPAYMENT_MACHINE.verdict(PREPAYMENT_MACHINE.named("pay"), row, held)
    if PAYER in held and said:
        if not shanghai_day(row.asked_at) <= paid_on <= shanghai_day(at):
            raise MissingInput("paid_on", "拨付日期不能早于申请，也不能晚于今天", CLAUSE)
        row.paid_on = paid_on
        row.save(update_fields=["paid_on"])
        post(
            key=EventKey("prepayment.paid", row.prepayment_no), pool_id=row.pool_id,
            lines=_paid_lines(row, at), occurred_on=paid_on, source=source_of(row),
            text=f"预付金拨付：{whose(row)}", by=by, at=at,
        )  # fmt: skip
    PREPAYMENT_MACHINE.perform(
        verb="pay", obj=row, by=by, at=at, seen_version=seen_version, standings=lambda _: held
    )
    moved = locked(row)
    tell_prepayment(moved, at)
    return moved


def _paid_lines(row: Prepayment, at: datetime) -> list[LedgerLine]:
    if row.kind != Kind.SUPPLIER:
        return [
            LedgerLine(Purpose.PREPAID, row.amount, institution_id=row.institution_id),
            LedgerLine(Purpose.FUND, -row.amount),
        ]
    if suspended([row.enterprise_id or 0], shanghai_day(at)):
        raise TransitionRefused("供货企业处于暂停直接结算期间，恢复后再预付", HOLD_CLAUSE)
    capital = agency_prepayment(row)
    if capital is None or capital.state != "paid":
        raise TransitionRefused("经办机构的预付金还没有拨付，不能预付供货企业：请先办理", CLAUSE)
    left = left_of(locked(capital))
    if left < row.amount:
        raise TransitionRefused(
            f"经办机构的预付金只剩 {left:,.2f} 元，不够这笔 {row.amount:,.2f} 元", CLAUSE
        )
    return [
        LedgerLine(Purpose.ADVANCE, row.amount, enterprise_id=row.enterprise_id),
        LedgerLine(Purpose.PREPAID, -row.amount),
    ]


@operation
@transaction.atomic
def return_prepayment(
    *, prepayment: Prepayment, amount: Decimal, returned_on: date, reference: str, by: User,
    scope: Scope, at: datetime,
) -> Prepayment:  # fmt: skip
    """After the year's end the agency books what came back (yuan); with the last cent it is settled.

    The months are offset first, so that no more is asked back than is left. The same reference with
    the same figures is left as it is, with others refused. Raises NotYours, TransitionRefused,
    MissingInput.
    """
    row = locked(prepayment)
    if PAYER not in prepayment_standings(scope, row):
        raise NotYours("预付金余额由统筹区医保经办机构的经办、会计或负责人登记收回", CLAUSE)
    number = reference.strip()
    key = EventKey("prepayment.returned", f"{row.prepayment_no}:{number}"[:120])
    before = LedgerEntry.objects.filter(event_kind=key.kind, event_identity=key.identity).first()
    lines = returned_lines(row, amount)
    if before is None:
        if row.state != "paid":
            raise TransitionRefused(
                f"预付金为“{row.get_state_display()}”，没有要收回的余额", CLAUSE
            )
        year = year_of_prepayment(row)
        if shanghai_day(at) <= year.ends_on:
            raise TransitionRefused(
                f"采购年度到 {year.ends_on:%Y-%m-%d} 结束，结束后才清算余额", CLAUSE
            )
        if not number:
            raise MissingInput("reference", "请填写收款凭证号", CLAUSE)
        offset_months(row, on=shanghai_day(at), by=by, at=at)
        if row.kind == Kind.AGENCY and advances_from(row).filter(state="paid").exists():
            raise TransitionRefused("还有供货企业的预付没有结清：请先收回或结清，再清算", CLAUSE)
        left = left_of(row)
        if amount != amount.quantize(CENT) or not 0 < amount <= left:
            raise MissingInput(
                "amount", f"金额应大于零且不超过余额 {left:,.2f} 元，精确到分", CLAUSE
            )
        if not year.ends_on < returned_on <= shanghai_day(at):
            raise MissingInput("returned_on", "收回日期应在年度结束以后，不晚于今天", CLAUSE)
    post(
        key=key, pool_id=row.pool_id, lines=lines, occurred_on=returned_on, source=source_of(row),
        text=f"收回预付金余额：{whose(row)}（凭证 {number}）", by=by, at=at,
    )  # fmt: skip
    if before is None:
        record(
            by=by, at=at, action="prepayment.return", object_type=OBJECT_TYPE, object_key=row.pk,
            object_label=row.prepayment_no, clause=CLAUSE, detail={"amount": f"{amount}"},
        )  # fmt: skip
        settle_used_up(row, by=by, at=at)
    return locked(row)


def returned_lines(row: Prepayment, amount: Decimal) -> list[LedgerLine]:
    """To the fund; a supplier's into the agency's working capital while that is not settled."""
    if row.kind != Kind.SUPPLIER:
        return [
            LedgerLine(Purpose.FUND, amount),
            LedgerLine(Purpose.PREPAID, -amount, institution_id=row.institution_id),
        ]
    capital = agency_prepayment(row)
    open_capital = capital is not None and capital.state == "paid"
    return [
        LedgerLine(Purpose.PREPAID if open_capital else Purpose.FUND, amount),
        LedgerLine(Purpose.ADVANCE, -amount, enterprise_id=row.enterprise_id),
    ]
