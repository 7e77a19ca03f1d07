"""Columns of purchases off the platform."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column
from procurement.states.offline_purchase import OFFLINE_LEVELS


def _number(row: Any) -> Cell:
    return Cell(
        row.purchase_no, url=reverse("offline-purchase", args=[row.purchase_no]), nowrap=True
    )


OFFLINE_COLUMNS = (
    Column("number", "编号", lambda r: r.purchase_no, 24, fixed=True, shown=_number),
    Column("state", "状态", lambda r: r.get_state_display(), 12,
           shown=lambda r: Cell(r.get_state_display(), level=OFFLINE_LEVELS[r.state])),
    Column("institution", "医疗机构", lambda r: r.institution.name, 30,
           shown=lambda r: Cell(r.institution.name, sub=r.institution.code)),
    Column("product", "产品", lambda r: str(r.product), 32,
           shown=lambda r: Cell(str(r.product), sub=r.product.code)),
    Column("packs", "数量", lambda r: r.packs, 12, numeric=True, unit="包装"),
    Column("price", "单价", lambda r: r.unit_price, 12, numeric=True, unit="元"),
    Column("amount", "金额", lambda r: r.amount, 14, numeric=True, unit="元"),
    Column("seller", "销售单位", lambda r: r.seller, 28),
    Column("bought", "采购日期", lambda r: r.bought_on, 12),
    Column("source", "来源", lambda r: r.get_source_display(), 14, offered=False),
    Column("reason", "原因", lambda r: r.reason, 40, offered=False),
    Column("recorded", "登记时间", lambda r: r.recorded_at, 18, sort=("recorded_at",)),
)  # fmt: skip
