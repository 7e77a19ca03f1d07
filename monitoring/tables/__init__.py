"""What lists show and in which columns; Excel files have the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column
from core.templatetags.formats import day, moment, number
from monitoring.models import IndicatorValue
from monitoring.queries.figure_line_rows import LineRow
from monitoring.queries.figure_words import label_of
from monitoring.queries.indicator_rows import IndicatorRow
from monitoring.queries.warning_rows import WarningRow
from monitoring.states import ENTRY_LEVELS, FORBIDDEN_REASONS

SUBJECT_WORDS: dict[str, str] = {
    str(code): str(label) for code, label in IndicatorValue.Subject.choices
}


def _shown_link(row: WarningRow) -> Cell:
    return Cell(row.label, url=reverse("warning-detail", args=[row.warning.warning_no]))


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


WARNING_COLUMNS = (
    Column(
        "severity", "级别", lambda r: r.level_text, 8,
        shown=lambda r: Cell(r.level_text, level=r.level, plain=False),
    ),
    Column("rule", "预警", lambda r: r.label, 20, fixed=True, shown=_shown_link),
    Column(
        "number", "预警编号", lambda r: r.warning.warning_no, 18, sort=("warning_no",), offered=False,
        shown=lambda r: Cell(r.warning.warning_no, nowrap=True),
    ),
    Column(
        "subject_type", "对象类型", lambda r: SUBJECT_WORDS.get(r.warning.subject_type, ""), 12,
        offered=False,
    ),
    Column(
        "subject_code", "对象代码", lambda r: r.warning.subject_code, 20, sort=("subject_code",),
        offered=False,
    ),
    Column("subject", "对象", lambda r: r.subject, 30),
    Column("batch", "批次", lambda r: r.warning.batch_code, 18, sort=("batch_code",), offered=False),
    Column("year", "年度", lambda r: r.warning.year_no, 6, offered=False),
    Column("group", "品种", lambda r: r.warning.group_code, 12, offered=False),
    Column("product", "产品", lambda r: r.warning.product_code, 26, offered=False),
    Column("matter", "涉及", lambda r: r.matter, 40, shown=lambda r: Cell(r.matter, quiet=True)),
    Column(
        "measured", "实测", lambda r: r.warning.measured, 14, numeric=True,
        shown=lambda r: Cell(r.measured),
    ),
    Column(
        "threshold", "阈值", lambda r: r.warning.threshold, 14, numeric=True,
        shown=lambda r: Cell(r.threshold, quiet=True),
    ),
    Column(
        "clause", "依据", lambda r: r.warning.clause, 20, offered=False,
        shown=lambda r: Cell(r.warning.clause, quiet=True),
    ),
    Column(
        "since", "首次月份", lambda r: _month(r.warning.first_month), 10, sort=("first_month",),
        offered=False,
    ),
    Column(
        "month", "最近月份", lambda r: _month(r.warning.last_month), 10, sort=("last_month",),
        shown=lambda r: Cell(_month(r.warning.last_month), nowrap=True),
    ),
    Column(
        "state", "办理", lambda r: r.state, 14, shown=lambda r: Cell(r.state, level=r.state_level),
    ),
    Column(
        "due", "答复期限", lambda r: r.due_on, 12, sort=("answer_due_on",),
        shown=lambda r: Cell(day(r.due_on), late=r.late, nowrap=True),
    ),
    Column("explanation", "说明", lambda r: r.warning.explanation, 40, offered=False),
    Column("note", "核实意见", lambda r: r.warning.closing_note, 40, offered=False),
)  # fmt: skip

JOB_COLUMNS = (
    Column(
        "state", "状态", lambda r: r.job.get_state_display(), 10,
        shown=lambda r: Cell(r.job.get_state_display(), level=r.level, plain=False),
    ),
    Column(
        "label", "任务", lambda r: r.label, 30, fixed=True,
        shown=lambda r: Cell(r.label, url=r.url, nowrap=True),
    ),
    Column(
        "progress", "进度", lambda r: r.progress, 14, shown=lambda r: Cell(r.progress, quiet=True),
    ),
    Column("by", "发起人", lambda r: r.requested_by, 14),
    Column(
        "queued", "排队", lambda r: r.job.queued_at, 18, sort=("queued_at",),
        shown=lambda r: Cell(moment(r.job.queued_at), nowrap=True),
    ),
    Column(
        "ended", "结束", lambda r: r.job.ended_at, 18,
        shown=lambda r: Cell(moment(r.job.ended_at), nowrap=True),
    ),
    Column(
        "result", "结果", lambda r: r.result, 40,
        shown=lambda r: Cell(
            r.result or (r.result_label if r.result_url else ""), quiet=True, url=r.result_url
        ),
    ),
)  # fmt: skip


LINE_COLUMNS = [
    {"label": "种类"},
    {"label": "单据号"},
    {"label": "医疗机构"},
    {"label": "产品"},
    {"label": "时间与状态"},
    {"label": "数量", "numeric": True},
    {"label": "金额", "numeric": True, "unit": "元"},
    {"label": "计入分子", "numeric": True},
    {"label": "计入分母", "numeric": True},
    {"label": "归属"},
]

LINE_SHEET = (
    ("种类", 10),
    ("单据号", 26),
    ("医疗机构", 30),
    ("产品", 34),
    ("时间与状态", 48),
    ("包装数", 12),
    ("包装单位", 8),
    ("数量", 14),
    ("计量单位", 8),
    ("金额（元）", 16),
    ("计入分子", 18),
    ("计入分母", 18),
    ("归属", 12),
    ("剔除原因", 40),
)


def line_sheet_rows(rows: Iterable[LineRow]) -> Iterator[tuple[Any, ...]]:
    """The cells of each line of a figure, in the order of LINE_SHEET."""
    for row in rows:
        yield (
            row.kind,
            row.number,
            row.institution,
            row.matter,
            row.dates,
            row.packs,
            row.pack_unit,
            row.quantity,
            row.base_unit,
            row.amount,
            row.numerator,
            row.denominator,
            row.part,
            row.excluded,
        )


INDICATOR_COLUMNS: list[dict[str, Any]] = [
    {"label": "对象", "sort": "subject"},
    {"label": "类型"},
    {"label": "期间"},
    {"label": "涉及"},
    {"label": "分子", "numeric": True, "sort": "numerator"},
    {"label": "分母", "numeric": True, "sort": "denominator"},
    {"label": "值", "numeric": True, "sort": "value"},
    {"label": "对照"},
]

INDICATOR_SHEET = (
    ("月份", 10),
    ("指标", 22),
    ("期间", 10),
    ("对象类型", 12),
    ("对象代码", 20),
    ("对象", 30),
    ("批次", 18),
    ("采购年度", 8),
    ("品种", 14),
    ("产品", 26),
    ("类别", 10),
    ("涉及", 40),
    ("分子", 20),
    ("分母", 20),
    ("值", 14),
    ("纳入考核", 10),
    ("对照", 20),
)


def indicator_sheet_rows(rows: Iterable[IndicatorRow]) -> Iterator[tuple[Any, ...]]:
    """The cells of each figure, in the order of INDICATOR_SHEET."""
    for row in rows:
        figure = row.figure
        yield (
            f"{figure.month:%Y-%m}",
            label_of(figure.indicator),
            row.window,
            row.subject_type,
            figure.subject_code,
            row.subject,
            figure.batch_code,
            figure.year_no,
            figure.group_code,
            figure.product_code,
            figure.category,
            row.matter,
            figure.numerator,
            figure.denominator,
            row.value,
            figure.assessed,
            row.judged.text or row.judged.threshold,
        )


def _entry(row: Any) -> Cell:
    return Cell(
        str(row.product), url=reverse("entry-check", args=[row.check_no]), sub=row.product.code
    )


def _reason(row: Any) -> Cell:
    """A forbidden reason is marked in words and colour."""
    words = row.get_reason_code_display() if row.reason_code else ""
    if row.reason_code in FORBIDDEN_REASONS:
        return Cell(words, level="red", plain=False, sub="不得采用的理由")
    return Cell(words)


ENTRY_COLUMNS = (
    Column("product", "产品", lambda r: str(r.product), 34, fixed=True, shown=_entry),
    Column("code", "国家医保编码", lambda r: r.product.code, 28, offered=False),
    Column("institution", "医疗机构", lambda r: r.institution.name, 30,
           shown=lambda r: Cell(r.institution.name, sub=r.institution.code)),
    Column("county", "县（市、区）", lambda r: r.county.name if r.county else "", 14),
    Column("batch", "批次", lambda r: r.batch.name, 24,
           shown=lambda r: Cell(r.batch.name, sub=f"第 {r.year_no} 年")),
    Column("agreed", "约定量", lambda r: r.agreed_qty, 12, numeric=True),
    Column("unit", "单位", lambda r: r.product.group.base_unit if r.product.group else "", 8,
           offered=False),
    Column("state", "状态", lambda r: r.get_state_display(), 12,
           shown=lambda r: Cell(r.get_state_display(), level=ENTRY_LEVELS[r.state])),
    Column("reason", "原因", lambda r: r.get_reason_code_display() if r.reason_code else "", 18,
           shown=_reason),
    Column("explanation", "说明", lambda r: r.explanation, 36, offered=False),
    Column("follow_up", "跟进意见", lambda r: r.follow_up, 36, offered=False),
    Column("opened", "列入时间", lambda r: r.opened_at, 20),
    Column("received", "首次验收", lambda r: r.first_received_at, 20, offered=False),
    Column("number", "编号", lambda r: r.check_no, 22, sort=("id",), offered=False),
)  # fmt: skip


def _place(row: Any) -> str:
    region = row.county or row.city
    return region.name if region else ""


DEMAND_COLUMNS = (
    Column(
        "institution", "填报单位", lambda r: r.institution.name, 30, sort=("institution__name",),
        fixed=True, shown=lambda r: Cell(r.institution.name, sub=r.institution.code),
    ),
    Column("code", "编码", lambda r: r.institution.code, 18, offered=False),
    Column("region", "地区", _place, 14),
    Column("batch", "批次", lambda r: r.batch.name, 24, sort=("batch__code",)),
    Column("year", "采购年度", lambda r: f"第 {r.year_no} 年", 10, sort=("year_no",)),
    Column("group", "品种", lambda r: r.group.name, 20, offered=False),
    Column(
        "reported", "报量", lambda r: r.reported_qty, 16, numeric=True, sort=("reported_qty",),
        shown=lambda r: Cell(f"{number(r.reported_qty)} {r.group.base_unit}".strip()),
    ),
    Column(
        "prior", "上年实际", lambda r: r.prior_year_qty, 16, numeric=True, sort=("prior_year_qty",),
        shown=lambda r: Cell(number(r.prior_year_qty), quiet=True),
    ),
    Column("unit", "计量单位", lambda r: r.group.base_unit, 10, offered=False),
    Column("status", "状态", lambda r: r.get_status_display(), 10),
    Column(
        "submitted", "提交时间", lambda r: r.submitted_at, 18, sort=("submitted_at",),
        shown=lambda r: Cell(moment(r.submitted_at), nowrap=True),
    ),
    Column("explanation", "说明", lambda r: r.explanation, 40, offered=False),
)  # fmt: skip
