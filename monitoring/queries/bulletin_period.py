"""The months of a bulletin, in dates and in words."""

from __future__ import annotations

from datetime import date, timedelta

from core.transitions import MissingInput
from monitoring.indicators.cut import add_months
from monitoring.states.bulletins import MONTHS_OF

FIRST_MONTHS = {1: range(1, 13), 3: (1, 4, 7, 10), 12: (1,)}
QUARTERS = "一二三四"


def period_end(kind: str, first: date) -> date:
    """The last day of the period that begins on `first`."""
    return add_months(first, MONTHS_OF[kind]) - timedelta(days=1)


def check_first(kind: str, first: date) -> None:
    """Raises MissingInput for a day that no period of the kind begins on."""
    if first.day != 1 or first.month not in FIRST_MONTHS[MONTHS_OF[kind]]:
        words = {1: "月初", 3: "季度的第一个月（1、4、7、10 月）", 12: "1 月"}[MONTHS_OF[kind]]
        raise MissingInput("month", f"该种通报的期间从{words}开始，请重新选择")


def months_of(first: date, last: date) -> list[date]:
    """The first days of the months from `first` to `last`."""
    months = []
    month = first
    while month <= last:
        months.append(month)
        month = add_months(month, 1)
    return months


def period_before(first: date, last: date) -> tuple[date, date]:
    """The period of the same length that ends the day before."""
    count = len(months_of(first, last))
    return add_months(first, -count), first - timedelta(days=1)


def period_words(first: date, last: date) -> str:
    """“2026年10月”, “2026年第三季度” or “2026年度”."""
    count = len(months_of(first, last))
    if count == 12:
        return f"{first.year}年度"
    if count == 3:
        return f"{first.year}年第{QUARTERS[(first.month - 1) // 3]}季度"
    return f"{first.year}年{first.month}月"
