"""Columns of the list of 惩戒案件."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column
from core.templatetags.formats import day, moment
from monitoring.states.sanction_case import STATE_LEVELS


def _number(row: Any) -> Cell:
    return Cell(row.case_no, url=reverse("sanction-case", args=[row.case_no]), nowrap=True)


def _day(name: str) -> Any:
    return lambda row: Cell(day(getattr(row, name)), nowrap=True)


SANCTION_COLUMNS = (
    Column("number", "编号", lambda r: r.case_no, 20, fixed=True, shown=_number),
    Column("kind", "种类", lambda r: r.get_kind_display(), 16),
    Column("subject", "当事企业", lambda r: r.subject.name, 30,
           shown=lambda r: Cell(r.subject.name, sub=r.subject.code)),
    Column("state", "状态", lambda r: r.get_state_display(), 14,
           shown=lambda r: Cell(r.get_state_display(), level=STATE_LEVELS[r.state])),
    Column("cause", "事由", lambda r: r.get_cause_display(), 24),
    Column("product", "产品", lambda r: str(r.product) if r.product else None, 26),
    Column("grade", "失信等级", lambda r: r.get_grade_display(), 12),
    Column("due", "陈述申辩期限", lambda r: r.statement_due_on, 14, sort=("statement_due_on",),
           shown=_day("statement_due_on")),
    Column("effective", "生效日", lambda r: r.effective_on, 12, sort=("effective_on",),
           shown=_day("effective_on")),
    Column("ended", "结束日", lambda r: r.ended_on, 12, offered=False, shown=_day("ended_on")),
    Column("batch", "批次", lambda r: r.batch.name if r.batch else None, 26, offered=False),
    Column("decision_no", "决定书文号", lambda r: r.decision_no, 20, offered=False),
    Column("made", "立案时间", lambda r: r.drafted_at, 18, sort=("id",), offered=False,
           shown=lambda r: Cell(moment(r.drafted_at), nowrap=True)),
)  # fmt: skip
