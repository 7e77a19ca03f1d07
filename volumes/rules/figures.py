"""Figures as people type them: texts become quantities, each mistake is named with its way out."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from core.numbers.plain import typed_number
from volumes.states.reasons import DeviationReason

MOST_LETTERS = 500
_PLACES, _WHOLE = Decimal("0.0001"), Decimal(10) ** 14
LABELS = {
    "group": "品种代码", "quantity": "本年报量", "reason_code": "原因", "explanation": "说明",
    "compile_note": "汇总说明", "splits": "厂牌拆分",
}  # fmt: skip
REASON_CODES = {str(label): str(code) for code, label in DeviationReason.choices}


@dataclass(frozen=True)
class FigureInput:
    """One group's texts as typed; `place` is the sheet's row. Splits are by the maker's code."""

    group_code: str
    quantity: str
    reason_code: str = ""
    explanation: str = ""
    compile_note: str = ""
    splits: dict[str, str] = field(default_factory=dict)
    place: int = 0


@dataclass(frozen=True)
class FigureProblem:
    """What is wrong with one cell; `sheet` is empty for the workbook's first."""

    place: int
    group_code: str
    column: str
    value: str
    message: str
    remedy: str = "改正后再保存"
    sheet: str = ""

    @property
    def label(self) -> str:
        return LABELS.get(self.column, self.column)


class WrongFigures(Exception):
    """Some figures cannot be taken; none was written."""

    def __init__(self, problems: list[FigureProblem]) -> None:
        super().__init__(f"{len(problems)} 处错误")
        self.problems = problems


def quantity_of(text: str) -> Decimal:
    """A quantity in base units as a form's number is read. ValueError says what is wrong."""
    value = typed_number(text)
    if value is None:
        raise ValueError("不是数字，请只填数量，如 12,000 或 1.5，不带单位和文字")
    if value < 0:
        raise ValueError("不能小于 0")
    if value >= _WHOLE:
        raise ValueError("数字过大，请核对计量单位")
    if value != value.quantize(_PLACES):
        raise ValueError("最多四位小数")
    return value


def reason_of(text: str) -> str:
    """The code of a reason that is given by its code or its words. ValueError names the choices."""
    given = text.strip()
    if not given or given in DeviationReason.values:
        return given
    if given in REASON_CODES:
        return REASON_CODES[given]
    raise ValueError(f"没有这个原因，请从列表中选择（如“{DeviationReason.CLINICAL_DEMAND.label}”）")
