"""The shipped calendar: complete, numbered, and in step with the State Council's notices."""

from datetime import UTC, date, datetime

import pytest

from core.workdays.models import CalendarDay, CalendarYear
from core.workdays.seed import seed_calendar, shipped_years

pytestmark = pytest.mark.django_db
SWAPPED_WORKDAYS_2026 = [
    date(2026, 1, 4),
    date(2026, 2, 14),
    date(2026, 2, 28),
    date(2026, 5, 9),
    date(2026, 9, 20),
    date(2026, 10, 10),
]


def test_every_day_of_2004_to_2026_is_there() -> None:
    assert shipped_years() == list(range(2004, 2027))
    assert CalendarDay.objects.count() == (date(2027, 1, 1) - date(2004, 1, 1)).days
    assert CalendarDay.objects.filter(year=2026, is_workday=True).count() == 248


def test_swapped_weekends_of_2026_are_workdays() -> None:
    weekend_work = [
        row.date
        for row in CalendarDay.objects.filter(year=2026, is_workday=True)
        if row.date.weekday() >= 5
    ]
    assert weekend_work == SWAPPED_WORKDAYS_2026
    assert CalendarDay.objects.get(date=date(2026, 2, 14)).name == "春节调休上班"


def test_numbers_count_every_working_day_once() -> None:
    expected = 0
    for row in CalendarDay.objects.all():
        expected += row.is_workday
        assert row.workday_no == expected, row.date


def test_year_after_the_last_is_listed_as_provisional_without_days() -> None:
    year = CalendarYear.objects.get(year=2027)
    assert year.status == CalendarYear.Status.PROVISIONAL
    assert not year.days.exists()


def test_second_seed_adds_nothing() -> None:
    days = list(CalendarDay.objects.values_list("date", "workday_no"))
    assert seed_calendar(by_name="测试", at=datetime(2026, 11, 22, tzinfo=UTC)) == []
    assert list(CalendarDay.objects.values_list("date", "workday_no")) == days
