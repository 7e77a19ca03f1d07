"""Days and instants as whole numbers, so that a million dates cost no datetime arithmetic.

A day is the number of days since `Clock.origin`; an instant is seconds since its midnight,
Asia/Shanghai. Events at or after `cutoff` have not happened yet and are never written.
"""

from __future__ import annotations

from datetime import date, timedelta

DAY = 86_400
HOUR = 3_600

# Long public holidays (month, day, length): they thin out orders and vans. The platform's own
# calendar decides deadlines; this one only shapes behaviour.
_HOLIDAYS: dict[int, tuple[tuple[int, int, int], ...]] = {
    2024: ((1, 1, 1), (2, 10, 8), (4, 4, 3), (5, 1, 5), (6, 8, 3), (9, 15, 3), (10, 1, 7)),
    2025: ((1, 1, 1), (1, 28, 8), (4, 4, 3), (5, 1, 5), (5, 31, 3), (10, 1, 8)),
    2026: ((1, 1, 3), (2, 15, 9), (4, 4, 3), (5, 1, 5), (6, 19, 3), (9, 25, 3), (10, 1, 7)),
}
_FIXED_HOLIDAYS = ((1, 1, 1), (5, 1, 3), (10, 1, 7))


def add_months(month: date, count: int) -> date:
    """First day of the month `count` months after `month`."""
    years, index = divmod(month.year * 12 + month.month - 1 + count, 12)
    return date(years, index + 1, 1)


class Clock:
    """Time of one generated province: its first order month to its last, and what came before."""

    def __init__(self, last_month: date, months: int, today: date | None) -> None:
        self.last_month = last_month.replace(day=1)
        self.first_month = add_months(self.last_month, 1 - months)
        self.months = months
        self.origin = add_months(self.last_month, -42)
        after = add_months(self.last_month, 1)
        shown_until = self.last_month.replace(day=22) if today is None else min(today, after)
        if shown_until < self.last_month:
            raise ValueError(f"today ({today}) lies before the last month ({self.last_month})")
        self.cutoff_day = self.day(shown_until)
        self.cutoff = self.cutoff_day * DAY
        self.start = self.day(self.first_month)
        count = self.day(add_months(self.last_month, 40))
        days = [self.origin + timedelta(days=index) for index in range(count)]
        self.dates = days
        self.texts = [day.isoformat() for day in days]
        self.holidays = frozenset(
            self.day(date(year, month, day)) + offset
            for year in range(self.origin.year + 1, self.last_month.year + 2)
            for month, day, length in _HOLIDAYS.get(year, _FIXED_HOLIDAYS)
            for offset in range(length)
        )
        self.month_index = [
            (day.year - self.first_month.year) * 12 + day.month - self.first_month.month
            for day in days
        ]

    def day(self, value: date) -> int:
        return (value - self.origin).days

    def month_start(self, index: int) -> int:
        """Day on which the `index`-th month begins, counted from the first order month."""
        return self.day(add_months(self.first_month, index))

    def stamp(self, instant: int) -> str:
        """`YYYY-MM-DDTHH:MM:SS`."""
        day, second = divmod(instant, DAY)
        minute, second = divmod(second, 60)
        hour, minute = divmod(minute, 60)
        return f"{self.texts[day]}T{hour:02d}:{minute:02d}:{second:02d}"
