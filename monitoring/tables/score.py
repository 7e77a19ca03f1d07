"""Columns of the lists of 供应评分 and of appeals."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column
from core.templatetags.formats import moment
from monitoring.queries.score_page import score_words, two_places
from monitoring.rules.score import period_words
from monitoring.states.score import APPEAL_LEVELS, GRADE_LEVELS

SHORT = {
    "fulfilment": "供应", "complaint": "诉求", "rectification": "整改", "response": "响应",
    "on_time": "及时",
}  # fmt: skip
"""The parts, as narrow as a list needs them."""


def _period(row: Any) -> str:
    return period_words(row.period, row.period_from)


def _score(row: Any) -> Cell:
    return Cell(
        score_words(row), url=reverse("score-detail", args=[row.score_no]), nowrap=True,
        sub="" if row.is_current else "已有新版本",
    )  # fmt: skip


def _points(part: str) -> Callable[[Any], Decimal | None]:
    def points(row: Any) -> Decimal | None:
        return next((each.points for each in row.parts.all() if each.part == part), None)

    return points


def _part(part: str, label: str) -> Column:
    points = _points(part)
    return Column(
        part, label, points, 10, numeric=True, unit="分",
        shown=lambda row: Cell(two_places(points(row)), nowrap=True),
    )  # fmt: skip


SCORE_COLUMNS = (
    Column("period", "期间", _period, 18, fixed=True, shown=lambda r: Cell(_period(r), nowrap=True)),
    Column("enterprise", "企业", lambda r: r.enterprise.name, 30,
           shown=lambda r: Cell(r.enterprise.name, sub=r.enterprise.code)),
    Column("side", "类型", lambda r: r.get_side_display(), 12,
           shown=lambda r: Cell(r.get_side_display(), nowrap=True)),
    Column("score", "得分", lambda r: r.score, 10, numeric=True, unit="分", sort=("score",),
           fixed=True, shown=_score),
    Column("grade", "等级", lambda r: r.get_grade_display(), 16,
           shown=lambda r: Cell(r.get_grade_display(), level=GRADE_LEVELS[r.grade])),
    *(_part(code, label) for code, label in SHORT.items()),
    Column("low", "连续不达标季度", lambda r: r.low_quarters, 14, numeric=True, offered=False),
    Column("version", "版本", lambda r: r.version, 8, numeric=True, offered=False),
    Column("source", "来由", lambda r: r.get_source_display(), 12, offered=False),
    Column("code", "企业代码", lambda r: r.enterprise.code, 18, offered=False),
    Column("number", "编号", lambda r: r.score_no, 20, offered=False),
    Column("made", "计算时间", lambda r: r.made_at, 18, sort=("id",), offered=False,
           shown=lambda r: Cell(moment(r.made_at), nowrap=True)),
)  # fmt: skip

APPEAL_COLUMNS = (
    Column("number", "编号", lambda r: r.appeal_no, 20, fixed=True,
           shown=lambda r: Cell(
               r.appeal_no, url=reverse("score-appeal-detail", args=[r.appeal_no]), nowrap=True)),
    Column("enterprise", "企业", lambda r: r.enterprise.name, 30),
    Column("period", "期间", lambda r: period_words(r.score.period, r.score.period_from), 18),
    Column("part", "项目", lambda r: r.get_part_display(), 16),
    Column("state", "状态", lambda r: r.get_state_display(), 14,
           shown=lambda r: Cell(r.get_state_display(), level=APPEAL_LEVELS[r.state])),
    Column("claim", "申诉理由", lambda r: r.claim, 50,
           shown=lambda r: Cell(r.claim[:60], full=r.claim)),
    Column("note", "裁定意见", lambda r: r.note, 40, offered=False),
    Column("filed", "提出时间", lambda r: r.filed_at, 18, sort=("id",),
           shown=lambda r: Cell(moment(r.filed_at), nowrap=True)),
)  # fmt: skip
