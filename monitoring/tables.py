"""What lists show and in which columns; Excel files have the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from monitoring.queries.figure_line_rows import LineRow
from monitoring.queries.figure_words import label_of
from monitoring.queries.indicator_rows import IndicatorRow
from monitoring.queries.warning_rows import WarningRow

WARNING_COLUMNS = [
    {"label": "级别"},
    {"label": "预警"},
    {"label": "对象"},
    {"label": "涉及"},
    {"label": "实测", "numeric": True},
    {"label": "阈值", "numeric": True},
    {"label": "依据"},
    {"label": "月份"},
    {"label": "办理"},
    {"label": "答复期限"},
]

WARNING_SHEET = (
    ("预警编号", 18),
    ("级别", 8),
    ("规则", 20),
    ("对象类型", 12),
    ("对象代码", 20),
    ("对象", 30),
    ("批次", 18),
    ("年度", 6),
    ("品种", 12),
    ("产品", 26),
    ("涉及", 40),
    ("实测", 14),
    ("阈值", 14),
    ("依据", 20),
    ("首次月份", 10),
    ("最近月份", 10),
    ("办理", 14),
    ("答复期限", 12),
    ("说明", 40),
    ("核实意见", 40),
)


def warning_sheet_rows(rows: Iterable[WarningRow]) -> Iterator[tuple[Any, ...]]:
    """The cells of each warning, in the order of WARNING_SHEET."""
    for row in rows:
        warning = row.warning
        yield (
            warning.warning_no,
            row.level_text,
            row.label,
            warning.subject_type,
            warning.subject_code,
            row.subject,
            warning.batch_code,
            warning.year_no,
            warning.group_code,
            warning.product_code,
            row.matter,
            warning.measured,
            warning.threshold,
            warning.clause,
            f"{warning.first_month:%Y-%m}",
            f"{warning.last_month:%Y-%m}",
            row.state,
            row.due_on,
            warning.explanation,
            warning.closing_note,
        )


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
