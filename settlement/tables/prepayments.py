"""Columns of prepayments."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column
from settlement.states.prepayment import PREPAYMENT_LEVELS


def _number(row: Any) -> Cell:
    return Cell(row.prepayment_no, url=reverse("prepayment", args=[row.prepayment_no]), nowrap=True)


def recipient(row: Any) -> str:
    """Who gets it, in words."""
    party = row.institution or row.enterprise
    return str(party.name) if party else f"{row.pool.name}医保经办机构"


PREPAYMENT_COLUMNS = (
    Column("number", "编号", lambda r: r.prepayment_no, 24, fixed=True, shown=_number),
    Column("state", "状态", lambda r: r.get_state_display(), 14,
           shown=lambda r: Cell(r.get_state_display(), level=PREPAYMENT_LEVELS[r.state])),
    Column("kind", "对象", lambda r: r.get_kind_display(), 16),
    Column("recipient", "收款单位", recipient, 30),
    Column("batch", "批次年度", lambda r: f"{r.batch.name} 第 {r.year_no} 年", 30),
    Column("month", "月份", lambda r: f"{r.month:%Y-%m}" if r.month else "", 10),
    Column("base", "基数", lambda r: r.base, 16, numeric=True, unit="元"),
    Column("ratio", "比例", lambda r: r.ratio, 8, numeric=True, offered=False),
    Column("amount", "预付金额", lambda r: r.amount, 16, numeric=True, unit="元"),
    Column("pool", "统筹区", lambda r: r.pool.name, 14, offered=False),
    Column("asked", "申请时间", lambda r: r.asked_at, 18, sort=("asked_at", "id")),
    Column("paid", "拨付日期", lambda r: r.paid_on, 12),
)  # fmt: skip
