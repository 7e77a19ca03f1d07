"""Columns of the list of leads."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column
from core.templatetags.formats import day, moment
from monitoring.queries.leads import about
from monitoring.rules.lead_methods import compared_words, figure_words
from monitoring.states.lead import LEAD_LEVELS


def _number(row: Any) -> Cell:
    return Cell(row.lead_no, url=reverse("lead", args=[row.lead_no]), nowrap=True)


def _goods(row: Any) -> str:
    if row.product is not None:
        return str(row.product)
    return row.group.name if row.group is not None else ""


LEAD_COLUMNS = (
    Column("number", "编号", lambda r: r.lead_no, 20, fixed=True, shown=_number),
    Column("kind", "类型", lambda r: r.get_kind_display(), 24),
    Column("about", "对象", about, 36),
    Column("goods", "品种、产品", _goods, 28),
    Column("measured", "数值", lambda r: figure_words(r.kind, r.measured), 12, numeric=True),
    Column("compared", "对照", lambda r: compared_words(r.kind, r.compared), 12, numeric=True),
    Column("amount", "涉及金额", lambda r: r.amount, 16, numeric=True, unit="元",
           sort=("amount",)),
    Column("period", "期末月份", lambda r: f"{r.period_to:%Y-%m}", 12),
    Column("state", "状态", lambda r: r.get_state_display(), 12,
           shown=lambda r: Cell(r.get_state_display(), level=LEAD_LEVELS[r.state])),
    Column("receiver", "接收单位", lambda r: r.receiver.name if r.receiver else "", 24,
           offered=False),
    Column("transferred", "移交时间", lambda r: r.transferred_at, 18, offered=False,
           shown=lambda r: Cell(moment(r.transferred_at), nowrap=True)),
    Column("finding", "发现", lambda r: r.finding, 60, offered=False),
    Column("found", "发现时间", lambda r: r.found_at, 18, sort=("id",), offered=False,
           shown=lambda r: Cell(day(r.found_at), nowrap=True)),
)  # fmt: skip
