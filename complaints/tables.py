"""Columns of complaints and of contacts."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from complaints.models import ComplaintCase
from complaints.states import STATE_LEVELS
from core.lists.cell import Cell
from core.lists.columns import Column

STATES = dict(ComplaintCase.State.choices)


def _number(row: Any) -> Cell:
    url = reverse("complaint-detail", args=[row.complaint_no])
    return Cell(row.complaint_no, url=url, nowrap=True)


def _state(row: Any) -> str:
    return str(STATES[row.stage])


def _level(row: Any) -> str:
    case = getattr(row, "case", None)
    return case.get_level_display() if case else ""


def _bureau_due(row: Any) -> Any:
    case = getattr(row, "case", None)
    return case.bureau_due_on if case else None


def _day(day: Any) -> Cell:
    return Cell(f"{day:%Y-%m-%d}" if day else "—", nowrap=True)


def _product(row: Any) -> Cell:
    return Cell(str(row.product), sub=row.product.code) if row.product else Cell("")


def _name(row: Any) -> str:
    return row.name if row else ""


COMPLAINT_COLUMNS = (
    Column("number", "诉求编号", lambda r: r.complaint_no, 24, fixed=True, shown=_number),
    Column("state", "状态", _state, 14,
           shown=lambda r: Cell(_state(r), level=STATE_LEVELS[r.stage])),
    Column("category", "类别", lambda r: r.get_category_display(), 16),
    Column("product", "产品", lambda r: str(r.product or ""), 30, shown=_product),
    Column("institution", "医疗机构", lambda r: _name(r.institution), 28),
    Column("manufacturer", "生产企业", lambda r: _name(r.manufacturer), 28, offered=False),
    Column("distributor", "配送企业", lambda r: _name(r.distributor), 28),
    Column("filed_by", "提出方", lambda r: r.get_filed_by_display(), 10, offered=False),
    Column("due", "本步期限", lambda r: r.due, 12, shown=lambda r: _day(r.due)),
    Column("level", "督办层级", _level, 10),
    Column("bureau_due", "医保局期限", _bureau_due, 12,
           shown=lambda r: _day(_bureau_due(r))),
    Column("replied", "首次回复", lambda r: r.replied_at, 20, offered=False),
    Column("promised", "承诺日期", lambda r: r.promised_on, 12, offered=False),
    Column("resolved", "解决时间", lambda r: r.resolved_at, 20, offered=False),
    Column("filed", "提出时间", lambda r: r.filed_at, 20, sort=("filed_at",)),
)  # fmt: skip

CONTACT_COLUMNS = (
    Column("organisation", "单位", lambda r: r.organisation.name, 34, fixed=True,
           shown=lambda r: Cell(r.organisation.name, sub=r.organisation.code)),
    Column("kind", "一方", lambda r: r.organisation.get_kind_display(), 12),
    Column("name", "联络人", lambda r: r.name, 14),
    Column("post", "岗位", lambda r: r.post, 20),
    Column("phone", "工作电话", lambda r: r.phone, 18),
    Column("product", "负责产品", lambda r: str(r.product or "全部"), 30,
           shown=lambda r: Cell(str(r.product), sub=r.product.code) if r.product else Cell("全部")),
    Column("checked", "最近核对", lambda r: r.checked_on, 12, sort=("checked_on",)),
)  # fmt: skip
