"""Columns of statements, bank orders and deductions."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column
from settlement.states.statement import STATEMENT_LEVELS


def _number(row: Any) -> Cell:
    return Cell(row.statement_no, url=reverse("statement", args=[row.statement_no]), nowrap=True)


def _of(row: Any) -> Cell:
    return Cell(
        row.statement.statement_no, url=reverse("statement", args=[row.statement.statement_no]),
        nowrap=True,
    )  # fmt: skip


def _entry_words(row: Any) -> str:
    if row.entry_id is None:
        return ""
    return f"{row.entry_id:08d}" + ("（已冲销）" if row.taken_back else "")


def _entry(row: Any) -> Cell:
    if row.entry_id is None:
        return Cell("")
    return Cell(_entry_words(row), url=reverse("ledger-entry", args=[row.entry_id]), nowrap=True)


STATEMENT_COLUMNS = (
    Column("number", "结算单号", lambda r: r.statement_no, 24, fixed=True, shown=_number),
    Column("state", "状态", lambda r: r.get_state_display(), 14,
           shown=lambda r: Cell(r.get_state_display(), level=STATEMENT_LEVELS[r.state])),
    Column("month", "结算月份", lambda r: f"{r.month:%Y-%m}", 10, sort=("month", "id")),
    Column("payee", "收款企业", lambda r: r.payee.name, 30,
           shown=lambda r: Cell(r.payee.name, sub=r.payee.code)),
    Column("pool", "统筹区", lambda r: r.pool.name, 14),
    Column("payer", "付款方", lambda r: r.institution.name if r.institution else "医保基金", 20,
           offered=False),
    Column("total", "金额", lambda r: r.shown_total, 14, numeric=True, unit="元"),
    Column("paid", "已付", lambda r: r.shown_paid, 14, numeric=True, unit="元"),
    Column("due", "付款期限", lambda r: r.due_on, 12, sort=("due_on", "id")),
    Column("reply_due", "核实期限", lambda r: r.reply_due_on, 12, offered=False),
)  # fmt: skip

BANK_ORDER_COLUMNS = (
    Column("order", "付款编号", lambda r: r.order_no, 28, fixed=True),
    Column("state", "状态", lambda r: r.get_state_display(), 12,
           shown=lambda r: Cell(r.get_state_display(), level={
               "sent": "orange", "done": "green", "failed": "red", "returned": "red"}[r.state])),
    Column("payee", "收款企业", lambda r: r.statement.payee.name, 30),
    Column("code", "统一社会信用代码", lambda r: r.statement.payee.code, 22, offered=False),
    Column("amount", "金额", lambda r: r.amount, 14, numeric=True, unit="元"),
    Column("paid", "实付", lambda r: r.paid_amount, 14, numeric=True, unit="元"),
    Column("statement", "结算单", lambda r: r.statement.statement_no, 24, shown=_of),
    Column("exported", "导出时间", lambda r: r.exported_at, 18, sort=("exported_at", "id")),
    Column("ref", "银行流水号", lambda r: r.bank_ref or "", 20),
    Column("returned", "退汇", lambda r: r.returned_on, 12,
           shown=lambda r: Cell(f"{r.returned_on:%Y-%m-%d}", sub=r.returned_ref or "")
           if r.returned_on else Cell("")),
    Column("words", "银行说明", lambda r: r.bank_words, 30, offered=False),
)  # fmt: skip

DEDUCTION_COLUMNS = (
    Column("month", "月份", lambda r: f"{r.month:%Y-%m}", 10, fixed=True, sort=("month", "id")),
    Column("institution", "医疗机构", lambda r: r.institution.name, 30,
           shown=lambda r: Cell(r.institution.name, sub=r.institution.code)),
    Column("allocated", "当月医保预拨付款", lambda r: r.allocated, 18, numeric=True, unit="元"),
    Column("claim", "应扣", lambda r: r.claim, 14, numeric=True, unit="元"),
    Column("kept", "实扣", lambda r: r.kept, 14, numeric=True, unit="元"),
    Column("shortfall", "未扣足，结转", lambda r: r.shortfall, 16, numeric=True, unit="元"),
    Column("record_no", "第几次登记", lambda r: r.record_no, 12, numeric=True),
    Column("entry", "分录", _entry_words, 18, shown=_entry),
    Column("by", "登记人", lambda r: r.recorded_by_name, 14),
    Column("at", "登记时间", lambda r: r.recorded_at, 18),
)  # fmt: skip
