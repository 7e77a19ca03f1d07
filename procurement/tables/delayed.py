"""Columns of lists of late answers and of their rows."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column
from procurement.states.delayed_list import DELAYED_LEVELS


def _state(row: Any) -> Cell:
    return Cell(row.get_state_display(), level=DELAYED_LEVELS[row.state])


def _sent(row: Any) -> str:
    return "逾期发送" if row.listed_on > row.due_on else "按时发送"


DELAYED_COLUMNS = (
    Column("number", "清单编号", lambda r: r.list_no, 24, fixed=True,
           shown=lambda r: Cell(r.list_no, url=reverse("delayed-list", args=[r.list_no]),
                                nowrap=True)),
    Column("state", "状态", lambda r: r.get_state_display(), 10, shown=_state),
    Column("listed", "清单日期", lambda r: r.listed_on, 14, sort=("listed_on", "id")),
    Column("distributor", "配送企业", lambda r: r.distributor.name if r.distributor else "", 28),
    Column("city", "设区市", lambda r: r.city.name if r.city else "", 12),
    Column("county", "县（市、区）", lambda r: r.county.name if r.county else "", 12),
    Column("rows", "行数", lambda r: r.row_count, 8, numeric=True),
    Column("due", "应发送日期", lambda r: r.due_on, 14,
           shown=lambda r: Cell(f"{r.due_on:%Y-%m-%d}", sub=_sent(r))),
    Column("note", "办结意见", lambda r: r.closing_note, 30, offered=False),
)  # fmt: skip

ROW_COLUMNS = (
    Column("line", "订单行", str, 24, fixed=True),
    Column("institution", "医疗机构", lambda r: r.institution.name, 28),
    Column("product", "产品", lambda r: str(r.product), 34),
    Column("packs", "订购", lambda r: r.packs, 10, numeric=True),
    Column("urgent", "加急", lambda r: "加急" if r.urgent else "", 8),
    Column("ordered", "订单发送时间", lambda r: r.ordered_at, 18),
    Column("due", "响应时限", lambda r: r.due_at, 18),
    Column("listed", "列入时状态", lambda r: r.get_listed_state_display(), 12),
    Column("now", "现在状态", lambda r: r.state_now, 12),
    Column("reason", "原因", lambda r: r.get_reason_kind_display(), 20),
    Column("note", "说明", lambda r: r.reason_note, 30),
    Column("answered", "说明时间", lambda r: r.answered_at, 18),
)  # fmt: skip
