"""Columns of surge cases and transfers."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column
from procurement.states.surge_case import SURGE_CASE_LEVELS
from procurement.states.transfer import TRANSFER_LEVELS


def _case(row: Any) -> Cell:
    return Cell(row.case_no, url=reverse("surge-case", args=[row.case_no]), nowrap=True)


def _transfer(row: Any) -> Cell:
    return Cell(row.transfer_no, url=reverse("transfer", args=[row.transfer_no]), nowrap=True)


SURGE_CASE_COLUMNS = (
    Column("number", "编号", lambda r: r.case_no, 24, fixed=True, shown=_case),
    Column("state", "状态", lambda r: r.get_state_display(), 10,
           shown=lambda r: Cell(r.get_state_display(), level=SURGE_CASE_LEVELS[r.state])),
    Column("group", "品种", lambda r: r.group.name, 28,
           shown=lambda r: Cell(r.group.name, sub=r.group.code)),
    Column("region", "地区", lambda r: r.region.name, 14),
    Column("cause", "原因", lambda r: r.get_cause_display(), 18),
    Column("starts", "自", lambda r: r.starts_on, 12),
    Column("ends", "预计至", lambda r: r.ends_on, 12),
    Column("by", "启动单位", lambda r: r.opened_by.name, 24),
    Column("opened", "启动时间", lambda r: r.opened_at, 18, sort=("opened_at",)),
)  # fmt: skip

TRANSFER_COLUMNS = (
    Column("number", "编号", lambda r: r.transfer_no, 24, fixed=True, shown=_transfer),
    Column("state", "状态", lambda r: r.get_state_display(), 12,
           shown=lambda r: Cell(r.get_state_display(), level=TRANSFER_LEVELS[r.state])),
    Column("product", "产品", lambda r: str(r.product), 32,
           shown=lambda r: Cell(str(r.product), sub=r.product.code)),
    Column("borrower", "调入医疗机构", lambda r: r.institution.name, 28),
    Column("lender", "调出医疗机构", lambda r: r.lender.name, 28),
    Column("asked_packs", "申请", lambda r: r.asked_packs, 10, numeric=True, unit="包装"),
    Column("offered", "同意", lambda r: r.offered_packs, 10, numeric=True, unit="包装"),
    Column("sent", "调出", lambda r: r.sent_packs, 10, numeric=True, unit="包装"),
    Column("received", "收到", lambda r: r.received_packs, 10, numeric=True, unit="包装"),
    Column("lot", "批号", lambda r: r.lot_no, 14, offered=False),
    Column("report", "应急需求", lambda r: r.report.report_no, 24, offered=False),
    Column("asked", "申请时间", lambda r: r.asked_at, 18, sort=("asked_at",)),
)  # fmt: skip
