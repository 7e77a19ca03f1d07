"""The best guess for a year without data: weekends and fixed statutory days, no 调休 swaps."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

SATURDAY = 5
SOURCE = "暂定：周末加法定节日，未含调休"


@lru_cache(maxsize=16)
def statutory_days(year: int) -> dict[date, str]:
    """The statutory holidays of the year with their names, as far as the law fixes them."""
    # Deferred: calendars of the whole world, for years without data of their own.
    import holidays

    found = holidays.country_holidays("CN", years=year, language="zh_CN")
    return {day: name for day, name in found.items() if day.year == year}


def provisional_is_workday(day: date) -> bool:
    return day.weekday() < SATURDAY and day not in statutory_days(day.year)


def next_provisional_workday(day: date) -> date:
    """The first provisional working day after `day`."""
    following = day + timedelta(days=1)
    while not provisional_is_workday(following):
        following += timedelta(days=1)
    return following
