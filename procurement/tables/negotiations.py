"""Columns of 议价."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column
from procurement.states.negotiation import NEGOTIATION_LEVELS

SIDES = {"institution": "医疗机构", "manufacturer": "生产企业"}


def _number(row: Any) -> Cell:
    url = reverse("negotiation", args=[row.negotiation_no])
    return Cell(row.negotiation_no, url=url, nowrap=True)


NEGOTIATION_COLUMNS = (
    Column("number", "编号", lambda r: r.negotiation_no, 24, fixed=True, shown=_number),
    Column("state", "状态", lambda r: r.get_state_display(), 12,
           shown=lambda r: Cell(r.get_state_display(), level=NEGOTIATION_LEVELS[r.state])),
    Column("product", "产品", lambda r: str(r.product), 32,
           shown=lambda r: Cell(str(r.product), sub=r.product.code)),
    Column("institution", "医疗机构", lambda r: r.institution.name, 30,
           shown=lambda r: Cell(r.institution.name, sub=r.institution.code)),
    Column("manufacturer", "生产企业", lambda r: r.manufacturer.name if r.manufacturer else "", 30),
    Column("listed", "发起时挂网价", lambda r: r.listed_price, 14, numeric=True, unit="元"),
    Column("price", "最近报价", lambda r: r.price, 14, numeric=True, unit="元"),
    Column("side", "报价方", lambda r: SIDES[r.last_side], 10,
           shown=lambda r: Cell(SIDES[r.last_side], nowrap=True)),
    Column("from", "执行日期自", lambda r: r.valid_from, 12,
           shown=lambda r: Cell(f"{r.valid_from:%Y-%m-%d}", nowrap=True)),
    Column("to", "执行日期至", lambda r: r.valid_to, 12,
           shown=lambda r: Cell(f"{r.valid_to:%Y-%m-%d}", nowrap=True)),
    Column("opened", "发起时间", lambda r: r.opened_at, 18, sort=("opened_at",)),
)  # fmt: skip
