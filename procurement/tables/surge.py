"""Columns of reports of a surge."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column
from procurement.states.surge import SURGE_LEVELS


def _number(row: Any) -> Cell:
    return Cell(row.report_no, url=reverse("surge-report", args=[row.report_no]), nowrap=True)


SURGE_COLUMNS = (
    Column("number", "编号", lambda r: r.report_no, 24, fixed=True, shown=_number),
    Column("state", "状态", lambda r: r.get_state_display(), 12,
           shown=lambda r: Cell(r.get_state_display(), level=SURGE_LEVELS[r.state])),
    Column("institution", "医疗机构", lambda r: r.institution.name, 30,
           shown=lambda r: Cell(r.institution.name, sub=r.institution.code)),
    Column("product", "急需产品", lambda r: str(r.product), 32,
           shown=lambda r: Cell(str(r.product), sub=r.product.code)),
    Column("cause", "原因", lambda r: r.get_cause_display(), 16),
    Column("needed", "需要", lambda r: r.needed_packs, 12, numeric=True, unit="包装"),
    Column("stock", "库存可用", lambda r: r.days_of_stock, 10, numeric=True, unit="天"),
    Column("bought", "应急采购产品", lambda r: str(r.bought_product or ""), 32, offered=False),
    Column("kind", "认定", lambda r: r.get_kind_display(), 16),
    Column("from", "收货日期自", lambda r: r.from_on, 12, offered=False),
    Column("to", "收货日期至", lambda r: r.to_on, 12, offered=False),
    Column("reported", "报告时间", lambda r: r.reported_at, 18, sort=("reported_at",)),
)  # fmt: skip
