"""Columns of plans."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column
from procurement.states.plan import PLAN_LEVELS


def _number(row: Any) -> Cell:
    url = reverse("plan", args=[row.plan_no])
    return Cell(row.plan_no, sub="应急" if row.urgent else "", url=url, nowrap=True)


PLAN_COLUMNS = (
    Column("number", "计划编号", lambda r: r.plan_no, 16, fixed=True, shown=_number),
    Column("state", "状态", lambda r: r.get_state_display(), 12,
           shown=lambda r: Cell(r.get_state_display(), level=PLAN_LEVELS[r.state])),
    Column("institution", "医疗机构", lambda r: r.institution.name, 30,
           shown=lambda r: Cell(r.institution.name, sub=r.institution.code)),
    Column("planned", "测算日期", lambda r: r.planned_on, 12),
    Column("cover", "备货天数", lambda r: r.cover_days, 10, numeric=True, unit="天"),
    Column("amount", "金额", lambda r: r.amount, 16, numeric=True, unit="元"),
    Column("maker", "编制人", lambda r: r.maker_name, 12),
    Column("made", "编制时间", lambda r: r.made_at, 18, sort=("made_at",)),
    Column("note", "说明", lambda r: r.note, 30, offered=False),
)  # fmt: skip
