"""医药价格和招采信用评价: grades by version of the scale, and which one a finding amounts to.

The scale of 2020 has four grades, that of 2025 three; an act is judged by the one in force on its
day. Where the published scale gives no amount for a grade nothing is suggested, and the officer
says why the grade is right. The new scale was published in June 2025; its first day is taken as
the first of that month.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

NEW_SCALE_FROM = date(2025, 6, 1)
TEN_THOUSAND = Decimal(10_000)

CAUSES = (
    ("bribery", "商业贿赂（带金销售）"),
    ("tax", "涉税违法"),
    ("monopoly", "垄断"),
    ("price", "不正当价格行为"),
    ("disorder", "扰乱集中采购秩序"),
    ("refuse_contract", "中选后拒不签约或长期不签"),
    ("supply", "供应不及时、不稳定，整改不到位"),
    ("quality", "不能保障质量供应"),
    ("breach", "其他恶意违反合同约定"),
)

NO_STOP, STOP_PRODUCT, STOP_ALL = "none", "product", "all"
STOPS = (
    (NO_STOP, "不中止采购"), (STOP_PRODUCT, "中止涉案产品采购"), (STOP_ALL, "中止该企业全部产品采购"),
)  # fmt: skip


@dataclass(frozen=True)
class Scale:
    """Grades from the lightest to the heaviest; floors in yuan by cause, heaviest first."""

    version: str
    title: str
    grades: tuple[tuple[str, str], ...]
    floors: dict[str, tuple[tuple[Decimal, str], ...]]
    stops: dict[str, str]

    @property
    def highest(self) -> str:
        return self.grades[-1][0]

    def label(self, grade: str) -> str:
        return dict(self.grades).get(grade, "")


def _floors(*pairs: tuple[int, str]) -> tuple[tuple[Decimal, str], ...]:
    return tuple((TEN_THOUSAND * floor, grade) for floor, grade in pairs)


SCALES = {
    "2020": Scale(
        "2020", "2020 年版裁量基准",
        (("general", "一般"), ("medium", "中等"), ("severe", "严重"), ("extreme", "特别严重")),
        {
            "bribery": _floors((200, "extreme"), (50, "severe")),
            "tax": _floors((1000, "extreme"), (100, "severe")),
        },
        {"severe": STOP_PRODUCT, "extreme": STOP_ALL},
    ),
    "2025": Scale(
        "2025", "2025 年版裁量基准",
        (("dishonest", "失信"), ("severe", "严重失信"), ("extreme", "特别严重失信")),
        {
            "bribery": _floors((100, "extreme"), (50, "severe")),
            "tax": _floors((250, "extreme"), (50, "severe"), (5, "dishonest")),
        },
        {"severe": STOP_PRODUCT, "extreme": STOP_ALL},
    ),
}  # fmt: skip
GRADES = tuple(
    (f"{scale.version}:{code}", f"{label}（{scale.version} 年版）")
    for scale in SCALES.values()
    for code, label in scale.grades
)


def scale_on(occurred_on: date) -> Scale:
    """The scale by which an act of that day is judged."""
    return SCALES["2025" if occurred_on >= NEW_SCALE_FROM else "2020"]


def suggested_grade(scale: Scale, cause: str, amount: Decimal | None, topmost: bool) -> str:
    """What the scale says; empty where it gives no amount for this cause or this little.

    `amount` in yuan. `topmost`: bribes to officers of insurance or procurement, or rigged bids of
    a national procurement, which the scale of 2025 puts at the highest grade whatever the amount.
    """
    if topmost and scale.version == "2025":
        return scale.highest
    if amount is None:
        return ""
    for floor, grade in scale.floors.get(cause, ()):
        if amount >= floor:
            return grade
    return ""


def stop_of(scale: Scale, grade: str) -> str:
    """Whose orders stop while the grade stands."""
    return scale.stops.get(grade, NO_STOP)
