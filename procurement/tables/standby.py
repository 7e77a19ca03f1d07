"""Columns of standby cases."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column
from procurement.states.standby import STANDBY_LEVELS


def _number(row: Any) -> Cell:
    return Cell(row.case_no, url=reverse("standby-case", args=[row.case_no]), nowrap=True)


def _state(row: Any) -> Cell:
    return Cell(row.get_state_display(), level=STANDBY_LEVELS[row.state])


def _standby(row: Any) -> Cell:
    if row.standby_product is None:
        return Cell("")
    return Cell(str(row.standby_product), sub=row.standby_manufacturer.name)


STANDBY_COLUMNS = (
    Column("number", "编号", lambda r: r.case_no, 24, fixed=True, shown=_number),
    Column("state", "状态", lambda r: r.get_state_display(), 12, shown=_state),
    Column("product", "中选产品", lambda r: str(r.product), 32,
           shown=lambda r: Cell(str(r.product), sub=r.manufacturer.name)),
    Column("code", "国家医保编码", lambda r: r.product.code, 28, offered=False),
    Column("region", "供应地区", lambda r: r.region.name, 12),
    Column("standby", "备供产品", lambda r: str(r.standby_product or ""), 32, shown=_standby),
    Column("starts", "启动日", lambda r: r.starts_on, 12),
    Column("ends", "结束日", lambda r: r.ends_on, 12),
    Column("unable", "不能供应自", lambda r: r.unable_from, 12, offered=False),
    Column("source", "来源", lambda r: r.get_source_display(), 14),
    Column("batch", "批次", lambda r: r.batch.name, 24, offered=False),
    Column("given", "提交时间", lambda r: r.given_at, 18, sort=("given_at",)),
)  # fmt: skip
