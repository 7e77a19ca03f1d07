"""What lists show and in which columns; Excel files have the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

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
