"""Months, windows and working days. Every window is half-open; days are Asia/Shanghai days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import chinese_calendar

ONE_DAY = timedelta(days=1)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time())


BEGINNING = midnight(date.min)


def add_months(first_day: date, months: int) -> date:
    """The first day of the month that lies `months` after the month of `first_day`."""
    index = first_day.year * 12 + first_day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def month_end(day: date, months_after: int) -> date:
    """The last day of the Nth month after the month of `day`."""
    return add_months(day, months_after + 1) - ONE_DAY


def year_before(day: date) -> date:
    """The same day a year earlier; 29 February gives 28 February."""
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)


@dataclass(frozen=True)
class Window:
    start: datetime
    end: datetime

    def holds(self, instant: datetime) -> bool:
        return self.start <= instant < self.end

    def holds_day(self, day: date) -> bool:
        return self.start <= midnight(day) < self.end

    def cut_to(self, starts_on: date, ends_on: date) -> Window:
        """The part inside an agreement year (both days included)."""
        return Window(
            max(self.start, midnight(starts_on)), min(self.end, midnight(ends_on + ONE_DAY))
        )

    def meets_days(self, from_on: date | None, to_on: date | None) -> bool:
        """Whether one of the days from..to (both included, None is open) lies in the window."""
        starts_before_end = from_on is None or midnight(from_on) < self.end
        ends_after_start = to_on is None or midnight(to_on) >= self.start
        return starts_before_end and ends_after_start


@dataclass(frozen=True)
class Month:
    """A calendar month; `cut` is the first instant of the next one, `last_day` the day before."""

    first_day: date

    @classmethod
    def parse(cls, text: str) -> Month:
        return cls(date.fromisoformat(f"{text}-01"))

    def __str__(self) -> str:
        return f"{self.first_day:%Y-%m}"

    @property
    def cut(self) -> datetime:
        return midnight(add_months(self.first_day, 1))

    @property
    def last_day(self) -> date:
        return add_months(self.first_day, 1) - ONE_DAY

    @property
    def window(self) -> Window:
        return Window(midnight(self.first_day), self.cut)

    @property
    def calendar_year_to_date(self) -> Window:
        return Window(midnight(self.first_day.replace(month=1)), self.cut)

    def plus(self, months: int) -> Month:
        return Month(add_months(self.first_day, months))


def nth_workday_after(day: date, count: int, last_known: date) -> date | None:
    """The count-th working day after `day`; None when it lies after `last_known`.

    Days after `last_known` are never asked for, so that a month can be computed before the calendar of
    the next year is published. Raises NotImplementedError for a needed year without a calendar.
    """
    while count > 0:
        day += ONE_DAY
        if day > last_known:
            return None
        if chinese_calendar.is_workday(day):
            count -= 1
    return day
