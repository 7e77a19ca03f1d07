"""Columns of the lists of trainings and of the institutions that they reached."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column
from core.templatetags.formats import day
from monitoring.states.training import TRAINING_LEVELS


def _title(row: Any) -> Cell:
    return Cell(row.title, url=reverse("training", args=[row.training_no]), sub=row.training_no)


def _covered(row: Any) -> str:
    missing = [
        label
        for label, number in (("政策培训", row.policy), ("操作培训", row.platform))
        if not number
    ]
    return f"未参加{'、'.join(missing)}" if missing else "已覆盖"


TRAINING_COLUMNS = (
    Column("title", "主题", lambda r: r.title, 40, fixed=True, shown=_title),
    Column("number", "编号", lambda r: r.training_no, 14, sort=("id",), offered=False),
    Column("kind", "种类", lambda r: r.get_kind_display(), 20),
    Column("organiser", "组织单位", lambda r: r.organiser.name, 28),
    Column("held", "日期", lambda r: r.held_on, 12, sort=("held_on",),
           shown=lambda r: Cell(day(r.held_on), nowrap=True)),
    Column("people", "参加人数", lambda r: r.people, 10, numeric=True),
    Column("place", "地点", lambda r: r.place, 24, offered=False),
    Column("state", "状态", lambda r: r.get_state_display(), 10,
           shown=lambda r: Cell(r.get_state_display(), level=TRAINING_LEVELS[r.state])),
)  # fmt: skip
COVERAGE_COLUMNS = (
    Column("name", "医疗机构", lambda r: r.name, 36, fixed=True, sort=("code",),
           shown=lambda r: Cell(r.name, sub=r.code)),
    Column("code", "机构代码", lambda r: r.code, 18, offered=False),
    Column("region", "地区", lambda r: r.region.name if r.region else "", 16),
    Column("policy", "政策培训", lambda r: r.policy, 12, numeric=True, unit="次"),
    Column("platform", "操作培训", lambda r: r.platform, 12, numeric=True, unit="次"),
    Column("meeting", "年度会议", lambda r: r.meeting, 12, numeric=True, unit="次"),
    Column("newest", "最近一次", lambda r: r.newest_on, 12,
           shown=lambda r: Cell(day(r.newest_on), nowrap=True)),
    Column("covered", "覆盖", _covered, 24,
           shown=lambda r: Cell(_covered(r), level="green" if r.policy and r.platform
                                else "orange")),
)  # fmt: skip
