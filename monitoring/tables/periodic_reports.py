"""Columns of the list of periodic reports."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from core.lists.cell import Cell
from core.lists.columns import Column
from core.templatetags.formats import day, moment
from monitoring.queries.periodic_reports import is_late
from monitoring.states.report import REPORT_LEVELS


def _title(row: Any) -> Cell:
    url = reverse("periodic-report", args=[row.report_no])
    return Cell(row.title, url=url, sub=row.report_no)


def _state(row: Any) -> Cell:
    if is_late(row, timezone.localdate()):
        return Cell(f"逾期未报送（{row.get_state_display()}）", level="red")
    return Cell(row.get_state_display(), level=REPORT_LEVELS[row.state])


REPORT_COLUMNS = (
    Column("title", "报告", lambda r: r.title, 44, fixed=True, shown=_title),
    Column("number", "编号", lambda r: r.report_no, 20, sort=("id",), offered=False),
    Column("kind", "种类", lambda r: r.get_kind_display(), 22),
    Column("issuer", "报送单位", lambda r: r.issuer.name, 26),
    Column("receiver", "接收单位", lambda r: r.receiver.name, 26, offered=False),
    Column("period", "期间", lambda r: f"{r.period_from:%Y-%m}至{r.period_to:%Y-%m}", 18),
    Column("due", "报送期限", lambda r: r.due_on, 12, sort=("due_on",),
           shown=lambda r: Cell(day(r.due_on), nowrap=True)),
    Column("state", "状态", lambda r: _state(r).text, 18, shown=_state),
    Column("submitted", "报送时间", lambda r: r.submitted_at, 18,
           shown=lambda r: Cell(moment(r.submitted_at), nowrap=True)),
)  # fmt: skip
