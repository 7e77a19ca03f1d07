"""Columns of order lines, and the sheets of demand, coverage and what is under way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from core.lists.cell import Cell
from core.lists.columns import Column
from procurement.states.order_line import LINE_LEVELS


def _number(row: Any) -> Cell:
    url = reverse("order", args=[row.order.order_no])
    sub = "加急" if row.order.urgent else ""
    return Cell(f"{row.order.order_no}-{row.line_no}", url=url, sub=sub, nowrap=True)


def line_state(row: Any) -> str:
    """In words; a line that ended before the platform kept its progress says how."""
    if row.progress is not None:
        return str(row.progress.get_state_display())
    if row.cancelled_at:
        return "已撤单"
    return "已拒绝" if row.response == "rejected" else "已结束"


def _state(row: Any) -> Cell:
    level = LINE_LEVELS[row.progress.state] if row.progress is not None else "grey"
    return Cell(line_state(row), level=level, nowrap=True)


def _due(at: datetime | None, done: bool) -> Cell:
    text = "" if at is None else f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
    return Cell(text, late=at is not None and not done and at < timezone.now(), nowrap=True)


def _came(row: Any) -> bool:
    """Nothing more is to come: as far as its progress tells, else it ended long ago."""
    if row.progress is None:
        return True
    return row.cancelled_at is not None or row.progress.delivered_packs >= row.packs


LINE_COLUMNS = (
    Column("number", "订单行", lambda r: f"{r.order.order_no}-{r.line_no}", 26, fixed=True,
           shown=_number),
    Column("state", "状态", line_state, 10, shown=_state),
    Column("product", "产品", lambda r: str(r.product), 34,
           shown=lambda r: Cell(str(r.product), sub=r.product.code)),
    Column("code", "国家医保编码", lambda r: r.product.code, 28, offered=False),
    Column("institution", "医疗机构", lambda r: r.institution.name, 28,
           shown=lambda r: Cell(r.institution.name, sub=r.institution.code)),
    Column("distributor", "配送企业", lambda r: r.distributor.name if r.distributor else "", 26),
    Column("maker", "生产企业", lambda r: r.manufacturer.name if r.manufacturer else "", 26,
           offered=False),
    Column("packs", "订购", lambda r: r.packs, 10, numeric=True, unit="包装"),
    Column("delivered", "已送达", lambda r: r.progress.delivered_packs if r.progress else None, 10,
           numeric=True, unit="包装"),
    Column("sent", "发送时间", lambda r: r.ordered_at, 18, sort=("ordered_at", "id")),
    Column("answer_due", "响应时限", lambda r: r.response_due_at, 18, offered=False,
           shown=lambda r: _due(r.response_due_at, bool(r.response or r.cancelled_at))),
    Column("due", "配送时限", lambda r: r.delivery_due_at, 18,
           shown=lambda r: _due(r.delivery_due_at, _came(r))),
)  # fmt: skip

UNDER_WAY_SHEET = (
    ("类别", 10), ("名称", 40), ("编码", 24), ("在办行", 10), ("待响应", 10), ("超时未响应", 12),
    ("配送超时", 10), ("待收货", 10),
)  # fmt: skip
COVERAGE_SHEET = (
    ("产品", 40), ("国家医保编码", 26), ("配送企业", 34), ("配送企业编码", 22), ("订购机构数", 12), ("订单行", 10),
    ("订购包装", 12), ("到期行", 10), ("按时足量", 10), ("超时或未到齐", 12), ("从未送达", 10), ("按时率", 10),
)  # fmt: skip
DEMAND_HEAD = (("医疗机构", 34), ("机构编码", 22), ("约定量（最小单位）", 18), ("合计包装", 12))
DEMAND_TAIL = (("订单行", 10), ("超时或未送达", 12))
