"""The score of rules.md in plain Python, by fractions, from rows held in lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

WEIGHTS = {"fulfilment": 30, "complaint": 20, "rectification": 15, "response": 15, "on_time": 20}


@dataclass(frozen=True)
class Event:
    """What counts for one side of one enterprise, from the first to the last of its days."""

    side: str
    enterprise: int
    part: str
    first: date
    last: date
    numerator: Decimal
    denominator: Decimal
    figure: bool = True


@dataclass(frozen=True)
class Expected:
    score: Decimal | None
    grade: str
    low_quarters: int


def months_on(first: date, count: int) -> date:
    number = first.year * 12 + first.month - 1 + count
    return date(number // 12, number % 12 + 1, 1)


def sums(events: Sequence[Event], first: date, months: int) -> dict[str, tuple[Fraction, Fraction]]:
    end = months_on(first, months)
    found = {}
    for part in WEIGHTS:
        mine = [e for e in events if e.part == part and first <= e.first and e.last < end]
        found[part] = (
            sum((Fraction(e.numerator) for e in mine), Fraction()),
            sum((Fraction(e.denominator) for e in mine), Fraction()),
        )
    return found


def low(events: Sequence[Event], first: date, computed: set[date]) -> bool:
    """Whether the quarter is complete, has ten lines and is under 90 %."""
    if any(months_on(first, n) not in computed for n in range(3)):
        return False
    arrived, due = sums(events, first, 3)["on_time"]
    return due >= 10 and arrived < Fraction(9, 10) * due


def expected(
    events: Sequence[Event], period: str, first: date, computed: set[date]
) -> Expected | None:
    """Of one side's events; None where nothing was computed in the twelve months up to the end."""
    months = {"month": 1, "quarter": 3, "year": 12}[period]
    end = months_on(first, months)
    if not any(months_on(end, -12) <= e.first < end for e in events if e.figure):
        return None
    parts = sums(events, first, months)
    present = {part: pair for part, pair in parts.items() if pair[1] > 0}
    score = None
    if present:
        whole = sum(WEIGHTS[part] for part in present)
        exact = sum(
            Fraction(100 * WEIGHTS[part], whole) * pair[0] / pair[1]
            for part, pair in present.items()
        )
        score = rounded(exact)
    row = 0
    if period != "month":
        while row < 4 and low(events, months_on(end, -3 * (row + 1)), computed):
            row += 1
    return Expected(score, grade(parts, score, row), row)


def rounded(exact: Fraction) -> Decimal:
    """Half up at the fourth decimal, exactly."""
    return Decimal(int(exact * 10000 + Fraction(1, 2))) / 10000


def grade(parts: dict[str, tuple[Fraction, Fraction]], score: Decimal | None, row: int) -> str:
    (answered, sent), (arrived, due) = parts["response"], parts["on_time"]
    if row >= 4:
        return "disqualify"
    if row >= 2:
        return "reduce"
    if score is None or due < 10:
        return "none"
    if arrived < Fraction(9, 10) * due:
        return "risk"
    if sent >= 10 and answered >= Fraction(95, 100) * sent:
        return "incentive"
    return "normal"
