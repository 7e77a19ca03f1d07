"""Say in time that a year's 节假日安排 is missing."""

from __future__ import annotations

from datetime import date

from core.workdays.models import CalendarYear

DECEMBER = 12


def missing_year_notice(on: date) -> str | None:
    """What the administrator has to be told on that day, or None.

    The next year is asked for from 1 December; a current year without data at any time.
    """
    wanted = {on.year, on.year + 1} if on.month == DECEMBER else {on.year}
    published = CalendarYear.objects.filter(
        year__in=wanted, status=CalendarYear.Status.PUBLISHED
    ).values_list("year", flat=True)
    missing = sorted(wanted.difference(published))
    if not missing:
        return None
    named = "、".join(f"{year} 年" for year in missing)
    return f"{named}的节假日安排尚未录入，涉及的期限均为暂定，请上传该年日历"
