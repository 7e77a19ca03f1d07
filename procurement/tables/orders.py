"""Columns of orders."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column
from procurement.rules.order_state import LEVELS as ORDER_LEVELS
from procurement.rules.order_state import order_state


def _order_no(row: Any) -> Cell:
    url = reverse("order", args=[row.order_no])
    return Cell(row.order_no, sub="加急" if row.urgent else "", url=url, nowrap=True)


def _order_state(row: Any) -> Cell:
    words = order_state(row.states)
    return Cell(words, level=ORDER_LEVELS[words], nowrap=True)


ORDER_COLUMNS = (
    Column("order_no", "订单号", lambda r: r.order_no, 24, fixed=True, shown=_order_no),
    Column("state", "状态", lambda r: order_state(r.states), 10, shown=_order_state),
    Column("sent", "发送时间", lambda r: r.sent_at, 20, sort=("sent_at",)),
    Column("institution", "医疗机构", lambda r: r.institution.name, 30,
           shown=lambda r: Cell(r.institution.name, sub=r.institution.code)),
    Column("distributor", "配送企业", lambda r: r.distributor.name if r.distributor else "", 30),
    Column("lines", "行数", lambda r: r.line_count, 8, numeric=True),
    Column("amount", "金额", lambda r: r.amount, 16, numeric=True, unit="元"),
    Column("urgent", "加急", lambda r: "加急" if r.urgent else "", 8, offered=False),
    Column("client_no", "院内单号", lambda r: r.client_no or "", 20, offered=False),
    Column("county", "县（市、区）", lambda r: r.county.name if r.county else "", 14, offered=False),
    Column("place", "收货地点", lambda r: r.receiving_place, 30, offered=False),
)  # fmt: skip
