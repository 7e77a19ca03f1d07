"""Columns of registrations and of changes of organisations."""

from __future__ import annotations

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column
from core.templatetags.formats import moment
from organisations.models import OrganisationChange, Registration
from organisations.queries.changes import becomes
from organisations.states import CHANGE_LEVELS, REGISTRATION_LEVELS

REGISTRATION_COLUMNS = (
    Column(
        "name", "单位", lambda r: r.name, 36, sort=("name",), fixed=True,
        shown=lambda r: Cell(r.name, url=reverse("registration", args=[r.receipt_no])),
    ),
    Column("kind", "类别", lambda r: r.get_kind_display(), 10, sort=("kind", "-state_at")),
    Column("credit_code", "统一社会信用代码", lambda r: r.credit_code, 22, offered=False),
    Column("region", "所在地", lambda r: r.region.name, 14, sort=("region__code",)),
    Column("bureau", "受理单位", lambda r: r.bureau.name, 26, sort=("bureau__code",)),
    Column(
        "state", "状态", lambda r: r.get_state_display(), 10, sort=("state", "-state_at"),
        shown=lambda r: Cell(
            Registration.State(r.state).label, level=REGISTRATION_LEVELS[r.state], plain=False
        ),
    ),
    Column(
        "at", "更新", lambda r: r.state_at, 18, sort=("state_at",),
        shown=lambda r: Cell(moment(r.state_at), nowrap=True),
    ),
    Column("filed", "填写", lambda r: r.created_at, 18, sort=("created_at",), offered=False),
    Column("receipt", "回执号", lambda r: r.receipt_no, 22, sort=("receipt_no",)),
)  # fmt: skip

CHANGE_COLUMNS = (
    Column(
        "organisation", "机构", lambda c: c.old_name, 36, sort=("old_name",), fixed=True,
        shown=lambda c: Cell(c.old_name, url=reverse("organisation-change", args=[c.change_no])),
    ),
    Column("kind", "事项", lambda c: c.get_kind_display(), 14, sort=("kind", "-created_at")),
    Column("becomes", "变更为", becomes, 36),
    Column("day", "生效日期", lambda c: c.effective_on, 12, sort=("effective_on",)),
    Column(
        "state", "状态", lambda c: c.get_state_display(), 14, sort=("state", "-created_at"),
        shown=lambda c: Cell(
            OrganisationChange.State(c.state).label, level=CHANGE_LEVELS[c.state], plain=False
        ),
    ),
    Column("bureau", "审核单位", lambda c: c.bureau.name, 26),
    Column(
        "filed", "申请", lambda c: c.created_at, 18, sort=("created_at",), offered=False,
        shown=lambda c: Cell(moment(c.created_at), nowrap=True, sub=c.created_by_name),
    ),
    Column("reason", "事由", lambda c: c.reason, 40, offered=False),
    Column("number", "申请编号", lambda c: c.change_no, 18, sort=("change_no",)),
)  # fmt: skip
