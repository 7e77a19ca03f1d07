"""Columns of the list of 督导检查."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column
from core.templatetags.formats import day, moment
from monitoring.states.site_inspection import INSPECTION_LEVELS


def _number(row: Any) -> Cell:
    url = reverse("site-inspection", args=[row.inspection_no])
    return Cell(row.inspection_no, url=url, nowrap=True)


def _problems(row: Any) -> Any:
    """Nothing before they are fed back: the list is read by the visited organisation too."""
    return row.problems if row.fed_back_at else None


def _mended(row: Any) -> Any:
    return row.mended if row.fed_back_at else None


SITE_INSPECTION_COLUMNS = (
    Column("number", "编号", lambda r: r.inspection_no, 20, fixed=True, shown=_number),
    Column("subject", "被检查单位", lambda r: r.subject.name, 30,
           shown=lambda r: Cell(r.subject.name, sub=r.subject.code)),
    Column("task", "任务", lambda r: r.task_name, 24),
    Column("state", "状态", lambda r: r.get_state_display(), 14,
           shown=lambda r: Cell(r.get_state_display(), level=INSPECTION_LEVELS[r.state])),
    Column("planned", "计划日期", lambda r: r.planned_on, 12, sort=("planned_on",),
           shown=lambda r: Cell(day(r.planned_on), nowrap=True)),
    Column("visited", "检查日期", lambda r: r.visited_on, 12,
           shown=lambda r: Cell(day(r.visited_on), nowrap=True)),
    Column("problems", "反馈问题", _problems, 10, numeric=True, unit="项"),
    Column("mended", "整改到位", _mended, 10, numeric=True, unit="项"),
    Column("due", "整改期限", lambda r: r.due_on, 12, sort=("due_on",),
           shown=lambda r: Cell(day(r.due_on), nowrap=True)),
    Column("office", "检查单位", lambda r: r.office.name, 24),
    Column("level", "层级", lambda r: r.get_level_display(), 8, offered=False),
    Column("letter", "反馈文号", lambda r: r.letter_no, 20, offered=False),
    Column("matter", "检查事由", lambda r: r.matter, 50, offered=False),
    Column("made", "制定时间", lambda r: r.planned_at, 18, sort=("id",), offered=False,
           shown=lambda r: Cell(moment(r.planned_at), nowrap=True)),
)  # fmt: skip
