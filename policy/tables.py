"""Columns of the lists of policies; their Excel files have the same."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column
from core.templatetags.formats import moment
from policy.queries.changes import ChangeRow

VALUE_COLUMNS = (
    Column("label", "参数", lambda row: row.parameter.label, 24, fixed=True),
    Column("key", "代码", lambda row: row.parameter.key, 28, offered=False),
    Column("meaning", "含义", lambda row: row.parameter.meaning, 48),
    Column("force", "约束力", lambda row: row.force, 10),
    Column("words", "取值", lambda row: row.words, 28, fixed=True),
    Column("since", "起始日", lambda row: row.value.valid_from, 12),
    Column("until", "截止日", lambda row: row.value.valid_to, 12, offered=False),
    Column("clause", "依据条款", lambda row: row.value.clause, 24),
    Column(
        "document", "文件", lambda row: str(row.document) if row.document else "", 44, offered=False
    ),
    Column("narrowed_by", "可收紧的主体", lambda row: row.parameter.narrowed_by, 16),
)


def _number(row: ChangeRow) -> Cell:
    number = row.change.change_no
    return Cell(number, url=reverse("value-change", args=[number]), nowrap=True)


def _step(name: str, at: datetime | None) -> Cell:
    return Cell(name or "—", sub=moment(at) if at else "", nowrap=True)


CHANGE_COLUMNS = (
    Column(
        "number", "编号", lambda r: r.change.change_no, 18, sort=("change_no",), fixed=True,
        shown=_number,
    ),
    Column("state", "状态", lambda r: r.label, 10, shown=lambda r: Cell(r.label, level=r.level)),
    Column(
        "parameter", "参数", lambda r: r.change.parameter.label, 24, sort=("parameter__label",),
        shown=lambda r: Cell(r.change.parameter.label, sub=r.change.policy.name),
    ),
    Column("policy", "政策", lambda r: r.change.policy.name, 20, offered=False),
    Column("key", "参数代码", lambda r: r.change.parameter.key, 28, offered=False),
    Column("before", "原取值", lambda r: r.before, 20, shown=lambda r: Cell(r.before, quiet=True)),
    Column("after", "新取值", lambda r: r.after, 20),
    Column("from", "生效日", lambda r: r.change.valid_from, 12, sort=("valid_from",)),
    Column("clause", "依据", lambda r: r.change.clause, 24),
    Column(
        "document", "文件", lambda r: str(r.change.document) if r.change.document else "", 40,
        offered=False,
    ),
    Column("reason", "理由", lambda r: r.change.reason, 40, offered=False),
    Column(
        "proposed", "提出", lambda r: r.change.proposed_at, 18, sort=("proposed_at",),
        shown=lambda r: _step(r.change.proposed_by_name, r.change.proposed_at),
    ),
    Column("proposer", "提出人", lambda r: r.change.proposed_by_name, 14, offered=False),
    Column(
        "confirmed", "确认", lambda r: r.change.confirmed_at, 18, sort=("confirmed_at",),
        shown=lambda r: _step(r.change.confirmed_by_name, r.change.confirmed_at),
    ),
    Column("confirmer", "确认人", lambda r: r.change.confirmed_by_name, 14, offered=False),
    Column("note", "退回或撤销原因", lambda r: r.change.note, 40, offered=False),
)  # fmt: skip
