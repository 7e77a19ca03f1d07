"""Deadlines around 调休, across years and past the published calendar."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from django.db import connection

from core.workdays.deadlines import (
    Deadline,
    add_workdays,
    day_end,
    day_status,
    deadline_end,
    is_workday,
    last_published_year,
    require_published,
    workdays_between,
)
from core.workdays.errors import CalendarYearMissing
from core.workdays.models import CalendarDay

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
SQL_IDIOM = """
SELECT due.date
  FROM core_calendarday AS day0
  LEFT JOIN core_calendarday AS due
    ON due.is_workday AND due.workday_no = day0.workday_no + %s
 WHERE day0.date = (%s AT TIME ZONE 'Asia/Shanghai')::date
"""


@pytest.mark.parametrize(
    ("day", "n", "due"),
    [
        # 2026-01-01 to 03 are free, Sunday 01-04 is worked.
        ("2025-12-31", 1, "2026-01-04"),
        ("2025-12-31", 2, "2026-01-05"),
        ("2026-01-01", 1, "2026-01-04"),
        ("2026-01-03", 1, "2026-01-04"),
        ("2026-01-04", 1, "2026-01-05"),
        # Saturday 02-14 is worked, Spring Festival is 02-15 to 02-23.
        ("2026-02-13", 1, "2026-02-14"),
        ("2026-02-13", 2, "2026-02-24"),
        ("2026-02-14", 1, "2026-02-24"),
        ("2026-02-18", 2, "2026-02-25"),
        # Saturday 02-28 is worked, Sunday 03-01 is not.
        ("2026-02-27", 1, "2026-02-28"),
        ("2026-02-28", 1, "2026-03-02"),
        # 05-01 to 05-05 are free, Saturday 05-09 is worked.
        ("2026-04-30", 1, "2026-05-06"),
        ("2026-05-08", 1, "2026-05-09"),
        ("2026-05-09", 1, "2026-05-11"),
        # Sunday 09-20 and Saturday 10-10 are worked, 10-01 to 10-07 are free.
        ("2026-09-18", 1, "2026-09-20"),
        ("2026-09-19", 1, "2026-09-20"),
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-10-09", 1, "2026-10-10"),
        ("2026-10-09", 2, "2026-10-12"),
        # An ordinary weekend; a day without days to add.
        ("2026-03-06", 1, "2026-03-09"),
        ("2026-03-07", 1, "2026-03-09"),
        ("2026-03-06", 0, "2026-03-06"),
        ("2026-03-07", 0, "2026-03-07"),
        # Over the end of a year: 2025-01-01 is free.
        ("2024-12-31", 1, "2025-01-02"),
        ("2024-12-27", 5, "2025-01-06"),
    ],
)
def test_add_workdays(day: str, n: int, due: str) -> None:
    assert add_workdays(date.fromisoformat(day), n) == Deadline(date.fromisoformat(due), False)


def test_add_workdays_equals_counting_day_by_day() -> None:
    start = date(2025, 9, 1)
    for offset in range(0, 420, 3):
        day = start + timedelta(days=offset)
        for n in (1, 2, 3, 5, 10, 20):
            due, left = day, n
            while left:
                due += timedelta(days=1)
                left -= chinese_calendar.is_workday(due)
            assert add_workdays(day, n) == Deadline(due, False), (day, n)


def test_the_event_s_day_is_its_day_in_shanghai() -> None:
    before_midnight = datetime(2026, 3, 5, 15, 59, 59, 999999, tzinfo=UTC)
    at_midnight = datetime(2026, 3, 5, 16, 0, tzinfo=UTC)
    assert add_workdays(before_midnight, 1).day == date(2026, 3, 6)
    assert add_workdays(at_midnight, 1).day == date(2026, 3, 9)


def test_deadline_lasts_until_the_end_of_the_last_day() -> None:
    end = deadline_end(date(2026, 2, 13), 1)
    assert end == datetime(2026, 2, 15, 0, 0, tzinfo=SHANGHAI)
    assert end == datetime(2026, 2, 14, 16, 0, tzinfo=UTC)
    assert day_end(date(2026, 12, 31)) == datetime(2027, 1, 1, tzinfo=SHANGHAI)


def test_naive_moment_and_negative_count_are_errors() -> None:
    with pytest.raises(ValueError, match="naive"):
        add_workdays(datetime(2026, 3, 5, 12, 0), 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="negative"):
        add_workdays(date(2026, 3, 5), -1)


@pytest.mark.parametrize(
    ("day", "n", "due", "provisional"),
    [
        ("2026-12-30", 1, "2026-12-31", False),
        # 2027-01-01 is free by law; Saturday 01-02 counts as a weekend until the notice says more.
        ("2026-12-31", 1, "2027-01-04", True),
        ("2026-12-30", 3, "2027-01-05", True),
        ("2027-01-01", 1, "2027-01-04", True),
        ("2027-02-04", 1, "2027-02-11", True),
        ("2027-04-02", 1, "2027-04-06", True),
    ],
)
def test_past_the_calendar_a_deadline_is_provisional(
    day: str, n: int, due: str, provisional: bool
) -> None:
    found = add_workdays(date.fromisoformat(day), n)
    assert found == Deadline(date.fromisoformat(due), provisional)


def test_day_status_says_what_it_knows() -> None:
    festival = day_status(date(2026, 2, 17))
    assert (festival.is_workday, festival.name, festival.provisional) == (
        False,
        "春节",
        False,
    )
    guessed = day_status(date(2027, 1, 1))
    assert (guessed.is_workday, guessed.name, guessed.provisional) == (
        False,
        "元旦",
        True,
    )


def test_is_workday_is_never_guessed() -> None:
    assert is_workday(date(2026, 10, 10)) is True
    assert is_workday(date(2026, 10, 7)) is False
    with pytest.raises(CalendarYearMissing, match=r"2027 年的节假日安排尚未录入.*上传"):
        is_workday(date(2027, 1, 4))


def test_require_published_names_the_missing_years_and_the_way_out() -> None:
    require_published([2025, 2026])
    with pytest.raises(CalendarYearMissing) as caught:
        require_published({2026, 2028, 2027})
    assert caught.value.years == [2027, 2028]
    assert str(caught.value) == (
        "2027 年、2028 年的节假日安排尚未录入，无法按工作日计算；"
        "请在国务院公布后由省级管理员在“工作日历”页上传该年日历，再重新计算"
    )


def test_calendar_ends_with_2026() -> None:
    assert last_published_year() == 2026


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        ("2025-12-06", "2026-01-05", 20),
        ("2026-02-13", "2026-02-24", 2),
        ("2026-03-06", "2026-03-06", 0),
        ("2026-03-06", "2026-03-01", 0),
        ("2026-03-06", "2026-03-08", 0),
    ],
)
def test_workdays_between(start: str, end: str, count: int) -> None:
    assert workdays_between(date.fromisoformat(start), date.fromisoformat(end)) == count


def test_workdays_between_needs_published_years() -> None:
    with pytest.raises(CalendarYearMissing, match="2027 年"):
        workdays_between(date(2026, 12, 1), date(2027, 1, 4))


def test_sql_idiom_agrees_with_python() -> None:
    days = [row.date for row in CalendarDay.objects.filter(date__gte=date(2026, 1, 1))]
    with connection.cursor() as cursor:
        for day in days[::4]:
            for n in (1, 2, 3, 5):
                event = datetime(day.year, day.month, day.day, 23, 59, tzinfo=SHANGHAI)
                cursor.execute(SQL_IDIOM, [n, event])
                [(due,)] = cursor.fetchall()
                deadline = add_workdays(event, n)
                assert due == (None if deadline.provisional else deadline.day), (day, n)
