"""Deadlines in working days: N working days after the day of the event, by the statutory calendar.

The event's own day is day 0; a deadline lasts until the end of the Nth working day. Days are
Asia/Shanghai days. In sets, the same rule in SQL (no row: the deadline is past the calendar):

    JOIN core_calendarday AS day0
      ON day0.date = (event.at AT TIME ZONE 'Asia/Shanghai')::date
    LEFT JOIN core_calendarday AS due
      ON due.is_workday AND due.workday_no = day0.workday_no + :n          -- n >= 1
    -- ends, exclusive: (due.date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.workdays.errors import CalendarYearMissing
from core.workdays.models import CalendarDay, CalendarYear
from core.workdays.provisional import (
    next_provisional_workday,
    provisional_is_workday,
    statutory_days,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Deadline:
    """The last day of a deadline; provisional when it was counted in an unpublished year."""

    day: date
    provisional: bool

    @property
    def ends_at(self) -> datetime:
        """The first instant after the deadline."""
        return day_end(self.day)


@dataclass(frozen=True)
class DayStatus:
    is_workday: bool
    name: str
    provisional: bool


def shanghai_day(moment: datetime | date) -> date:
    """The Shanghai day of an aware moment; a date is taken as it is."""
    if isinstance(moment, datetime):
        if moment.tzinfo is None:
            raise ValueError("naive datetime: deadlines need an aware moment")
        return moment.astimezone(SHANGHAI).date()
    return moment


def day_end(day: date) -> datetime:
    """The next midnight in Asia/Shanghai, exclusive end of `day`."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=SHANGHAI)


def day_status(day: date) -> DayStatus:
    """Whether `day` is a working day, what it is called, and whether that is only provisional."""
    row = CalendarDay.objects.filter(date=day).first()
    if row is not None:
        return DayStatus(row.is_workday, row.name, provisional=False)
    return DayStatus(
        provisional_is_workday(day),
        statutory_days(day.year).get(day, ""),
        provisional=True,
    )


def is_workday(day: date) -> bool:
    """Whether `day` is a working day. Raises CalendarYearMissing where its year is unpublished."""
    status = day_status(day)
    if status.provisional:
        raise CalendarYearMissing([day.year])
    return status.is_workday


def add_workdays(moment: datetime | date, n: int) -> Deadline:
    """The Nth working day after the day of `moment`; n = 0 is that day itself."""
    start = shanghai_day(moment)
    return add_workdays_each((start,), n)[start]


def add_workdays_each(days: Collection[date], n: int) -> dict[date, Deadline]:
    """The Nth working day after each of these days; two queries however many they are."""
    if n < 0:
        raise ValueError("n must not be negative")
    numbers = dict(CalendarDay.objects.filter(date__in=days).values_list("date", "workday_no"))
    if n == 0:
        return {day: Deadline(day, provisional=day not in numbers) for day in days}
    dues = dict(
        CalendarDay.objects.filter(
            is_workday=True, workday_no__in={number + n for number in numbers.values()}
        ).values_list("workday_no", "date")
    )
    return {day: _nth(day, numbers.get(day), dues, n) for day in days}


def _nth(day: date, number: int | None, dues: Mapping[int, date], n: int) -> Deadline:
    if number is None:
        return _add_provisional(day, n)
    if (due := dues.get(number + n)) is not None:
        return Deadline(due, provisional=False)
    last = CalendarDay.objects.order_by("-date")[0]
    return _add_provisional(last.date, number + n - last.workday_no)


def deadline_end(moment: datetime | date, n: int) -> datetime:
    """The first instant after the deadline. To show 暂定, take add_workdays, which says so."""
    return add_workdays(moment, n).ends_at


def workdays_between(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; 0 when end is not after start.

    Raises CalendarYearMissing when either year is unpublished.
    """
    numbers = dict(
        CalendarDay.objects.filter(date__in=(start, end)).values_list("date", "workday_no")
    )
    missing = {day.year for day in (start, end) if day not in numbers}
    if missing:
        raise CalendarYearMissing(missing)
    return max(numbers[end] - numbers[start], 0)


def require_published(years: Iterable[int]) -> None:
    """Raise CalendarYearMissing naming those of `years` whose arrangement is not entered."""
    wanted = set(years)
    published = CalendarYear.objects.filter(
        year__in=wanted, status=CalendarYear.Status.PUBLISHED
    ).values_list("year", flat=True)
    missing = wanted.difference(published)
    if missing:
        raise CalendarYearMissing(missing)


def last_published_year() -> int:
    """The last year that the calendar covers. Raises CalendarYearMissing when there is none."""
    year = (
        CalendarYear.objects.filter(status=CalendarYear.Status.PUBLISHED)
        .order_by("-year")
        .values_list("year", flat=True)
        .first()
    )
    if year is None:
        raise CalendarYearMissing([shanghai_day(datetime.now(SHANGHAI)).year])
    return year


def _add_provisional(start: date, n: int) -> Deadline:
    day = start
    for _ in range(n):
        day = next_provisional_workday(day)
    return Deadline(day, provisional=True)
