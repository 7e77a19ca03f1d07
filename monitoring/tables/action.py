"""Columns of the list of actions."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column
from core.templatetags.formats import day, moment
from monitoring.rules import RULES_BY_CODE
from monitoring.states.action import STATE_LEVELS


def _number(row: Any) -> Cell:
    url = reverse("action-detail", args=[row.action_no])
    return Cell(row.action_no, url=url, nowrap=True)


def _rule(row: Any) -> str:
    return RULES_BY_CODE[row.rule].label if row.rule in RULES_BY_CODE else ""


ACTION_COLUMNS = (
    Column("number", "编号", lambda r: r.action_no, 20, fixed=True, shown=_number),
    Column("kind", "措施", lambda r: r.get_kind_display(), 14),
    Column("subject", "对象", lambda r: r.subject.name, 30,
           shown=lambda r: Cell(r.subject.name, sub=r.subject.code)),
    Column("rule", "事项", _rule, 18),
    Column("state", "状态", lambda r: r.get_state_display(), 14,
           shown=lambda r: Cell(r.get_state_display(), level=STATE_LEVELS[r.state])),
    Column("due", "整改期限", lambda r: r.due_on, 12, sort=("due_on",),
           shown=lambda r: Cell(day(r.due_on), nowrap=True)),
    Column("office", "作出单位", lambda r: r.office.name, 24),
    Column("level", "层级", lambda r: r.get_level_display(), 8, offered=False),
    Column("letter", "文号", lambda r: r.letter_no, 20),
    Column("issued", "作出时间", lambda r: r.issued_at, 18, offered=False,
           shown=lambda r: Cell(moment(r.issued_at), nowrap=True)),
    Column("answered", "答复时间", lambda r: r.answered_at, 18, offered=False,
           shown=lambda r: Cell(moment(r.answered_at), nowrap=True)),
    Column("outcome", "结果", lambda r: r.get_outcome_display(), 14),
    Column("matter", "事由", lambda r: r.matter, 50, offered=False),
    Column("clause", "依据", lambda r: r.clause, 40, offered=False),
    Column("proposed", "提出时间", lambda r: r.proposed_at, 18, sort=("id",), offered=False,
           shown=lambda r: Cell(moment(r.proposed_at), nowrap=True)),
)  # fmt: skip
