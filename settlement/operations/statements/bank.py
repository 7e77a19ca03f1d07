"""The file for the bank and the bank's answer: by row, all or nothing, and harmless to repeat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from core.audit.record import Actor, record
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from core.workdays.deadlines import shanghai_day
from organisations.models import Pool, User
from organisations.queries.scope import Scope
from settlement.models import BankOrder, Statement, StatementPayment
from settlement.operations.ledger import EventKey, LedgerLine, Source, post
from settlement.operations.statements.bank_rows import (
    AnswerResult,
    BankRow,
    RowCheck,
    RowError,
)
from settlement.operations.statements.bounce import take_back
from settlement.operations.statements.settle import take
from settlement.operations.statements.telling import tell_holders
from settlement.queries.statements import PAYERS, statement_standings, suspended
from settlement.states.statement import OWED, PAYER

CLAUSE = "S2-8.1"


def require_payer(scope: Scope) -> int:
    """The agency's pool. Raises NotYours for everybody else."""
    if scope.kind != "agency" or scope.pool_id is None or not scope.has_role(*PAYERS):
        raise NotYours("银行付款由统筹区医保经办机构的经办、会计或负责人办理", CLAUSE)
    return scope.pool_id


@operation
def export_bank_orders(*, by: User, scope: Scope, at: datetime) -> list[BankOrder]:
    """Everything that the pool's agency has to ask of the bank now; a second export is the same.

    What is open of approved statements; payees under suspension are left out until it ends.
    """
    pool_id = require_payer(scope)
    Pool.objects.select_for_update().get(pk=pool_id)
    rows = Statement.objects.select_for_update(of=("self",)).filter(
        pool_id=pool_id, mode="fund", state__in=OWED
    )
    found = [row for row in rows.order_by("pk") if row.open_amount > 0]
    stopped = suspended({row.payee_id for row in found}, shanghai_day(at))
    asked = set(
        BankOrder.objects.filter(statement__in=found, state="sent").values_list(
            "statement_id", flat=True
        )
    )
    new = [row for row in found if row.payee_id not in stopped and row.pk not in asked]
    for row in new:
        count = BankOrder.objects.filter(statement=row).count()
        order = BankOrder.objects.create(
            order_no=f"{row.statement_no}-F{count + 1}", statement=row, amount=row.open_amount,
            exported_at=at, exported_by_name=by.audit_name,
        )  # fmt: skip
        record(
            by=by, at=at, action="bank_order.export", object_type="bank_order",
            object_key=order.order_no, object_label=order.order_no,
            detail={"amount": f"{order.amount}"},
        )  # fmt: skip
    open_orders = BankOrder.objects.filter(statement__pool_id=pool_id, state="sent")
    sent = open_orders.select_related("statement__payee", "statement__pool").order_by("order_no")
    listed = [order for order in sent if order.statement.payee_id not in stopped]
    record(
        by=by, at=at, action="bank_order.hand_out", object_type="bank_order", object_key=pool_id,
        object_label=f"{len(listed)} 笔", detail={"new": len(new), "listed": len(listed)},
    )  # fmt: skip
    return listed


@operation
def read_bank_answer(
    *, rows: Sequence[BankRow], apply: bool, by: User, scope: Scope, at: datetime
) -> AnswerResult:
    """Book the bank's answer; with any error, and without `apply`, nothing is written.

    A row that was booked before (same order, reference, amount and day) is counted and left. Less
    than was asked leaves the statement part_paid; the next export asks for the rest. What came back
    of a payment opens it again.
    """
    pool_id = require_payer(scope)
    numbers = sorted({row.order_no for row in rows})
    orders = {
        order.order_no: order
        for order in BankOrder.objects.select_for_update(of=("self",))
        .filter(statement__pool_id=pool_id, order_no__in=numbers)
        .select_related("statement__payee")
        .order_by("pk")
    }
    check = RowCheck(rows, orders, shanghai_day(at))
    errors, todo, repeated = [], [], 0
    for row in rows:
        wrong = check.wrong(row)
        if wrong is not None:
            errors.append(RowError(row.number, *wrong))
            continue
        order = orders[row.order_no]
        if order.state == (BankOrder.State.DONE if row.returned else BankOrder.State.SENT):
            todo.append((row, order))
        else:
            repeated += 1
    paid = [row for row, _ in todo if row.succeeded]
    back = [row for row, _ in todo if row.returned]
    result = AnswerResult(
        len(paid), len(todo) - len(paid) - len(back), repeated,
        sum((row.amount for row in paid), Decimal(0)), len(back), tuple(errors),
    )  # fmt: skip
    if apply and not errors:
        for row, order in todo:
            (take_back if row.returned else _book)(row, order, by, at)
    return result


def _book(row: BankRow, order: BankOrder, by: Actor, at: datetime) -> None:
    statement = Statement.objects.select_for_update(of=("self",)).get(pk=order.statement_id)
    order.bank_words = row.words[:200]
    if not row.succeeded:
        order.state = BankOrder.State.FAILED
        order.save(update_fields=["state", "bank_words"])
        record(
            by=by, at=at, action="bank_order.fail", object_type="bank_order",
            object_key=order.order_no, object_label=order.order_no, reason=row.words,
        )  # fmt: skip
        return
    order.state, order.bank_ref = BankOrder.State.DONE, row.bank_ref
    order.save(update_fields=["state", "bank_ref", "bank_words"])
    entry = post(
        key=EventKey("bank.paid", row.bank_ref), pool_id=statement.pool_id,
        lines=[
            LedgerLine("payable", row.amount, enterprise_id=statement.payee_id),
            LedgerLine("fund", -row.amount),
        ],
        occurred_on=row.paid_on, source=Source("statement", statement.pk, f"结算单 {statement}"),
        text=f"银行付款：{statement.payee.name}（流水号 {row.bank_ref}）", by=by, at=at,
    )  # fmt: skip
    moved = take(statement, "bank", row.amount, row.paid_on, row.bank_ref, entry, by=by, at=at)
    tell_holders(moved, at)


@operation
def record_own_payment(
    *, statement: Statement, amount: Decimal, paid_on: date, reference: str, by: User,
    scope: Scope, at: datetime,
) -> Statement:  # fmt: skip
    """Where institutions pay (陕): the paying institution records what it has paid of a statement.

    The same reference with the same figures is left as it is. Raises NotYours, TransitionRefused,
    MissingInput.
    """
    row = Statement.objects.select_for_update(of=("self",)).get(pk=statement.pk)
    own = row.mode == Statement.Mode.INSTITUTION and row.institution_id in scope.institution_ids
    if not own or PAYER not in statement_standings(scope, row):
        raise NotYours("付款由付款医疗机构的会计或负责人登记", CLAUSE)
    if not reference.strip():
        raise MissingInput("reference", "请填写付款凭证号", CLAUSE)
    before = StatementPayment.objects.filter(
        statement=row, kind="institution", reference=reference.strip()
    ).first()
    if before is not None:
        if (before.amount, before.paid_on) == (amount, paid_on):
            return row
        raise MissingInput("reference", "这个凭证号已登记过，金额或日期不同，请核对", CLAUSE)
    if row.state not in OWED:
        raise TransitionRefused(f"结算单为“{row.get_state_display()}”，现在不能登记付款", CLAUSE)
    if amount != amount.quantize(Decimal("0.01")) or not 0 < amount <= row.open_amount:
        raise MissingInput(
            "amount", f"金额应大于零且不超过未付的 {row.open_amount:,.2f} 元", CLAUSE
        )
    if paid_on > shanghai_day(at):
        raise MissingInput("paid_on", "付款日期不能晚于今天", CLAUSE)
    entry = post(
        key=EventKey("institution.paid", f"{row.statement_no}:{reference.strip()}"[:120]),
        pool_id=row.pool_id,
        lines=[
            LedgerLine("owed", amount, row.institution_id, row.payee_id),
            LedgerLine("own_cash", -amount, row.institution_id),
        ],
        occurred_on=paid_on, source=Source("statement", row.pk, f"结算单 {row.statement_no}"),
        text=f"医疗机构付款：{row.payee.name}（凭证 {reference.strip()}）", by=by, at=at,
    )  # fmt: skip
    moved = take(row, "institution", amount, paid_on, reference.strip(), entry, by=by, at=at)
    tell_holders(moved, at)
    return moved
