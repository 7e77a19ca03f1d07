"""Calendar years as pages show them: month by month, published or 暂定, and what an upload changes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet

from core.workdays.models import CalendarDay, CalendarYear
from core.workdays.provisional import provisional_is_workday, statutory_days
from core.workdays.upload import CalendarRow
from organisations.queries.scope import Scope
from organisations.queries.visibility import for_business

SATURDAY = 5
USUAL_WORKDAYS = range(240, 263)
"""Working days of every year since 2004 lie in it; others are pointed out, not refused."""


def visible_calendar_years(scope: Scope) -> QuerySet[CalendarYear]:
    return for_business(scope, CalendarYear.objects.all())


def visible_calendar_days(scope: Scope) -> QuerySet[CalendarDay]:
    return for_business(scope, CalendarDay.objects.all())


def years_with_counts(scope: Scope) -> QuerySet[CalendarYear]:
    """Newest first, each with `workdays`, `rest_days` and `swapped` (working weekends)."""
    weekend = Q(days__is_workday=True) & Q(days__date__week_day__in=(1, 7))
    return (
        visible_calendar_years(scope)
        .annotate(
            workdays=Count("days", filter=Q(days__is_workday=True)),
            rest_days=Count("days", filter=Q(days__is_workday=False)),
            swapped=Count("days", filter=weekend),
        )
        .order_by("-year")
    )


@dataclass(frozen=True)
class DayCell:
    """One day. `mark` is 班 for a working weekend, 休 for a free day that is no mere weekend."""

    day: date
    is_workday: bool
    name: str
    mark: str = ""
    changed: bool = False

    @property
    def number(self) -> int:
        return self.day.day

    @property
    def look(self) -> str:
        """The CSS class: what kind of day it is."""
        if self.is_workday:
            return "swap" if self.day.weekday() >= SATURDAY else "work"
        return "holiday" if self.mark else "weekend"

    @property
    def spoken(self) -> str:
        """For screen readers and tooltips."""
        kind = "上班" if self.is_workday else "休息"
        changed = "，有变化" if self.changed else ""
        return f"{self.day.month}月{self.day.day}日 {self.name or kind}（{kind}）{changed}"


@dataclass(frozen=True)
class Month:
    number: int
    weeks: list[list[DayCell | None]]
    workdays: int


@dataclass(frozen=True)
class Span:
    """Consecutive free days of one name, or working weekends for it."""

    name: str
    first: date
    last: date
    days: int
    swapped: list[date]


@dataclass(frozen=True)
class YearPage:
    year: int
    months: list[Month]
    holidays: list[Span]
    workdays: int
    rest_days: int
    swapped: int


def days_of(scope: Scope, year: int) -> list[CalendarRow]:
    """Every day of a published year, else the provisional guess."""
    stored = [
        CalendarRow(row.date, row.is_workday, row.name)
        for row in visible_calendar_days(scope).filter(year_id=year).order_by("date")
    ]
    return stored or provisional_days(year)


def provisional_days(year: int) -> list[CalendarRow]:
    """Weekends and fixed statutory days, without 调休."""
    names = statutory_days(year)
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
    return [CalendarRow(day, provisional_is_workday(day), names.get(day, "")) for day in days]


def year_page(year: int, rows: Sequence[CalendarRow], changed: Iterable[date] = ()) -> YearPage:
    """The grid of a year; days in `changed` are marked."""
    marked = set(changed)
    cells = [
        DayCell(row.date, row.is_workday, row.name, _mark(row), row.date in marked) for row in rows
    ]
    return YearPage(
        year=year,
        months=[_month(number, cells) for number in range(1, 13)],
        holidays=_spans(cells),
        workdays=sum(cell.is_workday for cell in cells),
        rest_days=sum(not cell.is_workday for cell in cells),
        swapped=sum(cell.look == "swap" for cell in cells),
    )


def _mark(row: CalendarRow) -> str:
    weekend = row.date.weekday() >= SATURDAY
    if row.is_workday:
        return "班" if weekend else ""
    return "休" if row.name or not weekend else ""


def _month(number: int, cells: Sequence[DayCell]) -> Month:
    days: list[DayCell | None] = [cell for cell in cells if cell.day.month == number]
    workdays = sum(cell.is_workday for cell in days if cell)
    lead = days[0].day.weekday() if days and days[0] else 0
    padded = [None] * lead + days
    padded += [None] * (-len(padded) % 7)
    return Month(number, [padded[n : n + 7] for n in range(0, len(padded), 7)], workdays)


def _spans(cells: Sequence[DayCell]) -> list[Span]:
    """The year's holidays with the weekends that are worked for them.

    A worked weekend belongs to the holiday that its name begins with, else to the nearest one.
    """
    runs: list[list[DayCell]] = []
    for cell in cells:
        if cell.is_workday or not cell.mark:
            continue
        last = runs[-1][-1] if runs else None
        if last and last.name == cell.name and cell.day - last.day == timedelta(days=1):
            runs[-1].append(cell)
        else:
            runs.append([cell])
    swaps: dict[int, list[date]] = {}
    for cell in cells:
        if cell.look == "swap" and runs:
            swaps.setdefault(_holiday_of(cell, runs), []).append(cell.day)
    return [
        Span(run[0].name or "放假", run[0].day, run[-1].day, len(run), swaps.get(index, []))
        for index, run in enumerate(runs)
    ]


def _holiday_of(cell: DayCell, runs: Sequence[Sequence[DayCell]]) -> int:
    named = [n for n, run in enumerate(runs) if run[0].name and cell.name.startswith(run[0].name)]
    return min(
        named or range(len(runs)),
        key=lambda n: min(abs((cell.day - day.day).days) for day in runs[n]),
    )


@dataclass(frozen=True)
class DayChange:
    day: date
    before: str
    after: str
    counts: bool


@dataclass(frozen=True)
class CalendarChange:
    """What an upload would change: `counts` marks days on which working changes."""

    year: int
    published: bool
    changes: list[DayChange]
    notes: list[str]

    @property
    def shifted(self) -> int:
        return sum(change.counts for change in self.changes)


def calendar_change(scope: Scope, year: int, rows: Sequence[CalendarRow]) -> CalendarChange:
    """Against the published year, or against the provisional guess where it is not published."""
    published = visible_calendar_years(scope).filter(
        year=year, status=CalendarYear.Status.PUBLISHED
    )
    before = {row.date: row for row in days_of(scope, year)}
    changes = [
        DayChange(row.date, _words(old), _words(row), old.is_workday != row.is_workday)
        for row in rows
        if (old := before[row.date]) != row
    ]
    return CalendarChange(year, published.exists(), changes, _notes(rows))


def _words(row: CalendarRow) -> str:
    return f"{'上班' if row.is_workday else '休息'}{f' · {row.name}' if row.name else ''}"


def _notes(rows: Sequence[CalendarRow]) -> list[str]:
    """What looks unlike any year so far; pointed out before the upload is applied."""
    notes = []
    workdays = sum(row.is_workday for row in rows)
    if workdays not in USUAL_WORKDAYS:
        notes.append(f"全年工作日 {workdays} 天，历年为 240 至 262 天，请核对")
    unnamed = [
        row for row in rows if not row.is_workday and row.date.weekday() < SATURDAY and not row.name
    ]
    if unnamed:
        notes.append(f"有 {len(unnamed)} 个非周末的休息日没有写节日名称（name 列）")
    new_year = next((row for row in rows if (row.date.month, row.date.day) == (1, 1)), None)
    if new_year and new_year.is_workday:
        notes.append("1 月 1 日（元旦）标为上班")
    if not any(row.is_workday and row.date.weekday() >= SATURDAY for row in rows):
        notes.append("没有调休上班的周末，请确认是否漏填调休")
    return notes


def upload_obstacle(scope: Scope, year: int) -> str:
    """Why this year cannot be entered yet, or nothing: years are entered without gaps."""
    known = set(
        visible_calendar_years(scope)
        .filter(year__in=(year - 1, year), status=CalendarYear.Status.PUBLISHED)
        .values_list("year", flat=True)
    )
    return "" if known else f"请先上传 {year - 1} 年的日历：各年须连续录入"


def calendar_fingerprint(scope: Scope, year: int) -> str:
    """Changes when anybody enters the year between preview and applying."""
    digest = hashlib.sha256()
    rows = visible_calendar_days(scope).filter(year_id=year).order_by("date")
    for day, is_workday, name in rows.values_list("date", "is_workday", "name"):
        digest.update(f"{day}|{is_workday}|{name}\n".encode())
    return digest.hexdigest()
