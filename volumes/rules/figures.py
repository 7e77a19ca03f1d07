"""Figures as people type them: texts become quantities, each mistake is named with its way out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from volumes.states.reasons import DeviationReason

MOST_LETTERS = 500
_NUMBER = re.compile(r"\d{1,14}(\.\d{1,4})?")
_SEPARATORS = re.compile(r"[,，\s\u3000]")
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
    """A quantity in base units; thousands separators may be there. ValueError says what is wrong."""
    plain = _SEPARATORS.sub("", text)
    if plain.startswith(("-", "−")):
        raise ValueError("不能小于 0")
    if not _NUMBER.fullmatch(plain) or not plain.isascii():
        if re.fullmatch(r"\d+\.\d{5,}", plain):
            raise ValueError("最多四位小数")
        if re.fullmatch(r"\d{15,}(\.\d+)?", plain):
            raise ValueError("数字过大，请核对计量单位")
        raise ValueError("不是数字，请只填数量，不带单位和文字")
    return Decimal(plain)


def reason_of(text: str) -> str:
    """The code of a reason that is given by its code or its words. ValueError names the choices."""
    given = text.strip()
    if not given or given in DeviationReason.values:
        return given
    if given in REASON_CODES:
        return REASON_CODES[given]
    raise ValueError(f"没有这个原因，请从列表中选择（如“{DeviationReason.CLINICAL_DEMAND.label}”）")
