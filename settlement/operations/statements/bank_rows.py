"""Rows of the bank's answer: what one says, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from settlement.models import BankOrder, StatementPayment

Wrong = tuple[str, str] | None
"""Column and reason, or None for a row that can be booked or was booked just so."""


@dataclass(frozen=True)
class BankRow:
    """One row of the bank's answer, as read; `number` is its row in the file.

    `returned`: money that was paid before came back; `paid_on` is then the day on which it did,
    `bank_ref` the reference under which it did.
    """

    number: int
    order_no: str
    amount: Decimal
    paid_on: date
    bank_ref: str
    succeeded: bool
    words: str = ""
    returned: bool = False


@dataclass(frozen=True)
class RowError:
    number: int
    column: str
    reason: str


@dataclass(frozen=True)
class AnswerResult:
    """What the file did, or would do: rows booked, failed at the bank, come back, known; or errors."""

    paid: int
    failed: int
    repeated: int
    amount: Decimal
    returned: int = 0
    errors: tuple[RowError, ...] = ()


class RowCheck:
    """Looks at the rows of one file, one after the other."""

    def __init__(self, rows: Sequence[BankRow], orders: dict[str, BankOrder], today: date) -> None:
        self.orders, self.today = orders, today
        self.seen: set[str] = set()
        named = [row.bank_ref for row in rows if row.bank_ref]
        known = BankOrder.objects.filter(Q(bank_ref__in=named) | Q(returned_ref__in=named))
        self.refs = {
            ref: order.order_no
            for order in known
            for ref in (order.bank_ref, order.returned_ref) if ref
        }  # fmt: skip
        paid = [order for order in orders.values() if order.bank_ref]
        payments = StatementPayment.objects.filter(
            kind="bank", statement__in=[order.statement_id for order in paid],
            reference__in=[order.bank_ref for order in paid],
        )  # fmt: skip
        self.booked = {row.reference: row for row in payments}

    def wrong(self, row: BankRow) -> Wrong:
        order = self.orders.get(row.order_no)
        if order is None:
            return "付款编号", f"没有送过编号为“{row.order_no}”的付款，请核对银行文件"
        if row.order_no in self.seen:
            return "付款编号", f"“{row.order_no}”在文件中出现了两次，请只保留一行"
        if row.succeeded or row.returned:
            other = self.refs.get(row.bank_ref, row.order_no)
            if other != row.order_no:
                return "银行流水号", f"流水号“{row.bank_ref}”已用于付款 {other}"
        booked = self.booked.get(order.bank_ref or "")
        judge = _return if row.returned else _answer
        found = judge(row, order, booked, self.today)
        if found is None:
            self.seen.add(row.order_no)
            if row.bank_ref:
                self.refs.setdefault(row.bank_ref, row.order_no)
        return found


def payment_of(order: BankOrder) -> StatementPayment:
    """What was booked of a paid order."""
    rows = StatementPayment.objects.select_related("entry")
    return rows.get(statement=order.statement_id, kind="bank", reference=order.bank_ref)


def _answer(row: BankRow, order: BankOrder, booked: StatementPayment | None, today: date) -> Wrong:
    """Of a payment that was made or failed."""
    if booked is not None:
        same = (order.bank_ref, booked.amount, booked.paid_on)
        if row.succeeded and same == (row.bank_ref, row.amount, row.paid_on):
            return None
        return "付款编号", f"“{row.order_no}”已按流水号 {order.bank_ref} 入账，内容与本行不同"
    if order.state == BankOrder.State.FAILED:
        if not row.succeeded:
            return None
        return "结果", f"“{row.order_no}”已登记为付款失败，请按重新导出的付款编号办理"
    return _payment(row, order, today) if row.succeeded else None


def _payment(row: BankRow, order: BankOrder, today: date) -> Wrong:
    """Of a payment that is new: its reference, amount and day."""
    if not row.bank_ref:
        return "银行流水号", "付款成功的行要填银行流水号"
    if row.amount <= 0:
        return "金额", "付款金额应大于零"
    if row.amount > order.amount:
        return "金额", f"实付 {row.amount:,.2f} 元大于送出的 {order.amount:,.2f} 元，请向银行核实"
    if row.paid_on > today:
        return "付款日期", "付款日期不能晚于今天"
    if order.statement.approved_on and row.paid_on < order.statement.approved_on:
        return "付款日期", f"付款日期早于批准日期 {order.statement.approved_on:%Y-%m-%d}"
    return None


def _return(row: BankRow, order: BankOrder, booked: StatementPayment | None, today: date) -> Wrong:
    """Of money that came back: all that was paid, not before it was."""
    if booked is None:
        return "结果", f"“{row.order_no}”没有付款成功的记录；先导入付款成功的回单，再登记退汇"
    if row.amount != booked.amount:
        return "金额", f"退汇金额应等于已付的 {booked.amount:,.2f} 元"
    if order.state == BankOrder.State.RETURNED:
        if (order.returned_ref, order.returned_on) == (row.bank_ref, row.paid_on):
            return None
        return (
            "付款编号",
            f"“{row.order_no}”已按流水号 {order.returned_ref} 登记退汇，内容与本行不同",
        )
    if not row.bank_ref:
        return "银行流水号", "退汇的行要填退汇的银行流水号"
    if not booked.paid_on <= row.paid_on <= today:
        said = f"退汇日期（付款日期列）应在付款日期 {booked.paid_on:%Y-%m-%d} 至今天之间"
        return "付款日期", said
    if not row.words.strip():
        return "说明", "退汇的行要写明退汇原因，如户名不符"
    return None
