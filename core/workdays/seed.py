"""Fill the calendar with the years that ship with the platform (2004 to 2026)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import chinese_calendar
from chinese_calendar.constants import holidays as named_holidays
from chinese_calendar.constants import workdays as named_workdays
from django.db import transaction

from core.workdays.models import CalendarDay, CalendarYear
from core.workdays.numbering import renumber
from core.workdays.provisional import SOURCE as PROVISIONAL_SOURCE

SOURCE = "国务院办公厅节假日安排（chinesecalendar 数据）"


def shipped_years() -> list[int]:
    """The years for which the installed data is complete."""
    return sorted({day.year for day in named_holidays})


def seed_calendar(*, by_name: str, at: datetime, using: str = "default") -> list[int]:
    """Add the shipped years that are not published yet; returns them. Uploads are never replaced.

    The year after the last published one is listed as provisional, so that pages show it.
    """
    with transaction.atomic(using=using):
        years = CalendarYear.objects.using(using)
        published = set(
            years.filter(status=CalendarYear.Status.PUBLISHED).values_list("year", flat=True)
        )
        missing = [year for year in shipped_years() if year not in published]
        for year in missing:
            years.update_or_create(
                year=year,
                defaults={
                    "status": CalendarYear.Status.PUBLISHED,
                    "source": SOURCE,
                    "uploaded_at": at,
                    "uploaded_by_name": by_name,
                },
            )
        if missing:
            _add_days(missing, using)
            renumber(since=date(missing[0], 1, 1), using=using)
        years.get_or_create(
            year=max(published.union(missing)) + 1,
            defaults={
                "status": CalendarYear.Status.PROVISIONAL,
                "source": PROVISIONAL_SOURCE,
                "uploaded_at": at,
                "uploaded_by_name": by_name,
            },
        )
    return missing


def _add_days(years: list[int], using: str) -> None:
    rows = []
    for year in years:
        day = date(year, 1, 1)
        while day.year == year:
            rows.append(
                CalendarDay(
                    date=day,
                    year_id=year,
                    is_workday=chinese_calendar.is_workday(day),
                    name=_name(day),
                    # Unique until renumbered: -(ordinal) never meets a real number.
                    workday_no=-day.toordinal(),
                )
            )
            day += timedelta(days=1)
    CalendarDay.objects.using(using).bulk_create(rows, batch_size=2000)


def _name(day: date) -> str:
    if day in named_workdays:
        return f"{_chinese(named_workdays[day])}调休上班"
    if day in named_holidays:
        return _chinese(named_holidays[day])
    return ""


def _chinese(name: str) -> str:
    by_english = {entry.value: entry.chinese for entry in chinese_calendar.Holiday}
    return str(by_english.get(name, name))
