"""Columns of the lists of 考核豁免申请 and of what was granted."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column
from core.templatetags.formats import day, moment
from monitoring.states.exemption_application import EXEMPTION_LEVELS


def _number(row: Any) -> Cell:
    url = reverse("exemption-application", args=[row.application_no])
    return Cell(row.application_no, url=url, nowrap=True)


OF_ALL = (
    Column("institution", "医疗机构", lambda r: r.institution.name, 28),
    Column("product", "产品", lambda r: r.product.name, 28,
           shown=lambda r: Cell(r.product.name, sub=r.product.code)),
    Column("batch", "批次", lambda r: r.batch.name, 24),
    Column("kind", "种类", lambda r: r.get_kind_display(), 16),
    Column("cause", "事由", lambda r: r.get_cause_display(), 20),
)  # fmt: skip

EXEMPTION_APPLICATION_COLUMNS = (
    Column("number", "编号", lambda r: r.application_no, 20, fixed=True, shown=_number),
    *OF_ALL,
    Column("state", "状态", lambda r: r.get_state_display(), 14,
           shown=lambda r: Cell(r.get_state_display(), level=EXEMPTION_LEVELS[r.state])),
    Column("asked_from", "申请自", lambda r: r.asked_from, 12, offered=False,
           shown=lambda r: Cell(day(r.asked_from), nowrap=True)),
    Column("asked_to", "申请至", lambda r: r.asked_to, 12, offered=False,
           shown=lambda r: Cell(day(r.asked_to), nowrap=True)),
    Column("from_on", "认定自", lambda r: r.from_on, 12, offered=False,
           shown=lambda r: Cell(day(r.from_on), nowrap=True)),
    Column("to_on", "认定至", lambda r: r.to_on, 12, offered=False,
           shown=lambda r: Cell(day(r.to_on), nowrap=True)),
    Column("submitted", "提交时间", lambda r: r.submitted_at, 18, sort=("id",),
           shown=lambda r: Cell(moment(r.submitted_at), nowrap=True)),
)  # fmt: skip

GRANTED_COLUMNS = (
    Column("number", "编号", lambda r: r.application_no, 20, fixed=True,
           shown=lambda r: Cell(r.application_no, nowrap=True)),
    *OF_ALL,
    Column("from_on", "自", lambda r: r.from_on, 12,
           shown=lambda r: Cell(day(r.from_on), nowrap=True)),
    Column("to_on", "至", lambda r: r.to_on, 12, shown=lambda r: Cell(day(r.to_on), nowrap=True)),
    Column("granted", "认定时间", lambda r: r.granted_at, 18, sort=("id",),
           shown=lambda r: Cell(moment(r.granted_at), nowrap=True)),
)  # fmt: skip
