"""Which periods a month's figures count in, and until when an enterprise may appeal (赣2024 六)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from monitoring.states.score import LONGEST_ROW


@dataclass(frozen=True, order=True)
class ScorePeriod:
    """A calendar month, quarter or year; both days included."""

    period: str
    first: date
    last: date

    @property
    def words(self) -> str:
        return period_words(self.period, self.first)


def period_words(period: str, first: date) -> str:
    """“2026年9月”, “2026年第3季度”, “2026年”."""
    if period == "month":
        return f"{first.year}年{first.month}月"
    if period == "quarter":
        return f"{first.year}年第{(first.month + 2) // 3}季度"
    return f"{first.year}年"


def after(first: date, months: int) -> date:
    """The first day of the month that many months later, or earlier where it is negative."""
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def month_of(first: date) -> ScorePeriod:
    return ScorePeriod("month", first, after(first, 1) - timedelta(days=1))


def quarter_of(day: date) -> ScorePeriod:
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return ScorePeriod("quarter", first, after(first, 3) - timedelta(days=1))


def year_of(day: date) -> ScorePeriod:
    return ScorePeriod("year", date(day.year, 1, 1), date(day.year, 12, 31))


def complete_quarters(computed: Collection[date]) -> list[ScorePeriod]:
    """Quarters of which every month is computed, oldest first."""
    quarters = {quarter_of(each) for each in computed}
    return sorted(
        each for each in quarters if all(after(each.first, n) in computed for n in range(3))
    )


def touched_by(month: date, computed: Collection[date]) -> list[ScorePeriod]:
    """What has to be scored when this month's figures are new: every period that reads them.

    `computed` are the ended months that have figures. The month itself; its quarter and the three
    after it (quarters in a row); the years of those. A quarter or a year with a month missing is
    not scored at all: a part of it would pass for the whole.
    """
    if month not in computed:
        return []
    found = [month_of(month)]
    quarters = complete_quarters(computed)
    first = quarter_of(month).first
    reach = after(first, 3 * (LONGEST_ROW - 1))
    found += [each for each in quarters if first <= each.first <= reach]
    years = [year_of(month)]
    if reach.year != month.year:
        years.append(year_of(reach))
    found += [each for each in years if all(after(each.first, n) in computed for n in range(12))]
    return found
