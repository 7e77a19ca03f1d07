"""Columns of bulletins and of their parts."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column
from core.templatetags.formats import moment, number
from monitoring.documents.bulletin import measure_words
from monitoring.models import BulletinInput, FigureColumns
from monitoring.queries.bulletin_period import period_words
from monitoring.queries.bulletin_sums import Ratio
from monitoring.queries.figure_words import label_of
from monitoring.rules.bulletin_lists import ASSESSED_LABEL, ASSESSED_RATE, BY_RULE
from monitoring.states.bulletins import LEVELS, BulletinKind

RECEIPT_LEVELS = {
    "sent": "orange", "read": "blue", "answered": "yellow", "returned": "red", "accepted": "green",
}  # fmt: skip
SUBJECTS = dict(FigureColumns.Subject.choices)


def kind_words(row: Any) -> str:
    return str(BulletinKind(row.kind).label)


def _words(row: Any) -> str:
    return period_words(row.period_from, row.period_to)


def _name(row: Any) -> Cell:
    return Cell(
        row.doc_number or row.bulletin_no,
        url=reverse("bulletin", args=[row.bulletin_no]), sub=kind_words(row),
    )  # fmt: skip


BULLETIN_COLUMNS = (
    Column("number", "发文字号", lambda r: r.doc_number or r.bulletin_no, 30, fixed=True, shown=_name),
    Column("bulletin_no", "编号", lambda r: r.bulletin_no, 18, sort=("id",), offered=False),
    Column("kind", "种类", kind_words, 20, offered=False),
    Column("period", "期间", _words, 16),
    Column("issuer", "印发单位", lambda r: r.issuer.name, 26),
    Column("state", "状态", lambda r: r.get_state_display(), 12,
           shown=lambda r: Cell(r.get_state_display(), level=LEVELS[r.state])),
    Column("check_due", "核对截止", lambda r: r.check_due_on, 14),
    Column("issued", "印发时间", lambda r: r.issued_at, 20,
           shown=lambda r: Cell(moment(r.issued_at), nowrap=True)),
    Column("corrects", "更正", lambda r: r.corrects.doc_number if r.corrects else "", 24,
           offered=False),
)  # fmt: skip


def _value(row: Any) -> str:
    return Ratio(row.numerator, row.denominator).words


def _indicator(row: BulletinInput) -> str:
    return ASSESSED_LABEL if row.indicator == ASSESSED_RATE else label_of(row.indicator)


def _indicator_url(row: BulletinInput) -> str:
    if row.indicator == ASSESSED_RATE:
        return f"{reverse('assessed-units')}?batch={row.batch_code}&year_no={row.year_no}"
    url = reverse("indicator-detail", args=[row.indicator])
    return f"{url}?month={row.month:%Y-%m}&subject={row.subject_code}"


INPUT_COLUMNS = (
    Column("indicator", "指标", _indicator, 24, fixed=True,
           shown=lambda r: Cell(_indicator(r), url=_indicator_url(r))),
    Column("month", "月份", lambda r: f"{r.month:%Y-%m}", 10),
    Column("window", "口径", lambda r: "当月" if r.window == "month" else "年度累计", 10),
    Column("type", "对象类型", lambda r: str(SUBJECTS.get(r.subject_type, "")), 12),
    Column("subject", "对象", lambda r: r.subject_name, 30,
           shown=lambda r: Cell(r.subject_name, sub=r.subject_code)),
    Column("code", "对象代码", lambda r: r.subject_code, 20, offered=False),
    Column("batch", "批次", lambda r: r.batch_code, 20),
    Column("year", "采购年度", lambda r: r.year_no, 10, offered=False),
    Column("category", "类别", lambda r: r.category, 10, offered=False),
    Column("numerator", "分子", lambda r: r.numerator, 18, numeric=True,
           shown=lambda r: Cell(number(r.numerator))),
    Column("denominator", "分母", lambda r: r.denominator, 18, numeric=True,
           shown=lambda r: Cell(number(r.denominator))),
    Column("value", "比率", _value, 12, numeric=True),
    Column("rows", "汇总自", lambda r: r.row_count, 10, numeric=True,
           shown=lambda r: Cell(f"{r.row_count} 项")),
    Column("id", "序号", lambda r: r.pk, 10, sort=("id",), offered=False),
)  # fmt: skip

LINE_COLUMNS = (
    Column("number", "序号", lambda r: r.line_no, 8, sort=("line_no",), fixed=True,
           shown=lambda r: Cell(str(r.line_no),
                                url=reverse("bulletin-line", args=[r.bulletin.bulletin_no, r.line_no]))),
    Column("list", "情形", lambda r: BY_RULE[r.rule].heading, 24,
           shown=lambda r: Cell(BY_RULE[r.rule].heading, level=r.severity, plain=True)),
    Column("subject", "单位", lambda r: r.subject_name, 32,
           shown=lambda r: Cell(r.subject_name, sub=r.subject_code)),
    Column("code", "代码", lambda r: r.subject_code, 20, offered=False),
    Column("batch", "批次", lambda r: r.bulletin.figures_from["batches"].get(r.batch_code, r.batch_code), 22),
    Column("items", "涉及项数", lambda r: r.items, 10, numeric=True),
    Column("measured", "实测／标准", measure_words, 18, numeric=True),
    Column("clause", "依据", lambda r: r.clause, 30),
    Column("remark", "说明", lambda r: r.remark, 20, offered=False),
    Column("removed", "名单", lambda r: "已删除" if r.removed else "在名单中", 10,
           shown=lambda r: Cell("已删除" if r.removed else "在名单中",
                                level="grey" if r.removed else "orange")),
)  # fmt: skip

RECEIPT_COLUMNS = (
    Column("organisation", "收文单位", lambda r: r.organisation.name, 32, sort=("organisation__code",),
           fixed=True,
           shown=lambda r: Cell(
               r.organisation.name, sub=r.organisation.code,
               url=reverse("bulletin-receipt", args=[r.bulletin.bulletin_no, r.organisation.code]))),
    Column("code", "代码", lambda r: r.organisation.code, 20, offered=False),
    Column("named", "是否点名", lambda r: "被点名" if r.is_named else "抄送", 10),
    Column("state", "状态", lambda r: r.get_state_display(), 14,
           shown=lambda r: Cell(r.get_state_display(), level=RECEIPT_LEVELS[r.state])),
    Column("read", "签收时间", lambda r: r.read_at, 20,
           shown=lambda r: Cell(moment(r.read_at), sub=r.read_by_name, nowrap=True)),
    Column("feedback", "整改情况", lambda r: r.feedback, 40),
    Column("note", "核实意见", lambda r: r.note, 30, offered=False),
)  # fmt: skip
