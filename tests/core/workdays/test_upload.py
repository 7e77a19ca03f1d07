"""A year's 节假日安排 is uploaded: read line by line, published, counted on."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core.workdays.deadlines import Deadline, add_workdays, require_published
from core.workdays.errors import CalendarUploadRefused
from core.workdays.models import CalendarDay, CalendarYear
from core.workdays.upload import CalendarRow, parse_rows, store_year

AT = datetime(2026, 12, 1, 4, 0, tzinfo=UTC)
HEADER = "date,is_workday,name"


def _lines(year: int, free: tuple[str, ...] = (), worked: tuple[str, ...] = ()) -> list[str]:
    lines, day = [], date(year, 1, 1)
    while day.year == year:
        text = day.isoformat()
        workday = (day.weekday() < 5 or text in worked) and text not in free
        lines.append(f"{text},{int(workday)},{'元旦' if text in free else ''}")
        day += timedelta(days=1)
    return lines


def _file(lines: list[str], header: str = HEADER) -> bytes:
    return "\r\n".join([header, *lines]).encode("utf-8-sig")


def _rows(year: int, **days: tuple[str, ...]) -> list[CalendarRow]:
    return parse_rows(_file(_lines(year, **days)), year=year)


def _store(year: int, rows: list[CalendarRow]) -> CalendarYear:
    return store_year(year=year, rows=rows, source="测试", by_id=7, by_name="省局", at=AT)


def test_file_is_read_in_any_column_order_and_row_order() -> None:
    lines = [",".join(reversed(line.split(","))) for line in reversed(_lines(2028))]
    rows = parse_rows(_file(lines, "name,is_workday,date"), year=2028)
    assert len(rows) == 366
    assert rows[0] == CalendarRow(date(2028, 1, 1), False, "")
    assert rows == sorted(rows, key=lambda row: row.date)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("2027-1-4,1,", "第 5 行：日期“2027-1-4”须为 YYYY-MM-DD"),
        ("2027-02-30,1,", "第 5 行：日期“2027-02-30”须为 YYYY-MM-DD"),
        ("２０２７-01-04,1,", "第 5 行：日期“２０２７-01-04”须为 YYYY-MM-DD"),
        ("2026-01-04,1,", "第 5 行：2026-01-04 不在 2027 年"),
        ("2027-01-03,1,", "第 5 行：2027-01-03 重复"),
        ("2027-01-04,是,", "第 5 行：is_workday 须为 1（上班）或 0（休息）"),
        ("2027-01-04,1", "第 5 行：有 2 列，应为 3 列"),
        ("2027-01-04,1," + "长" * 61, "第 5 行：说明不超过 60 字"),
        ('2027-01-04,1,"x"y', "第 5 行：引号或分隔符有误"),
        ("", "缺少 2027-01-04：全年每一天都要有一行"),
    ],
)
def test_bad_line_is_named(change: str, message: str) -> None:
    lines = _lines(2027)
    lines[3] = change
    with pytest.raises(CalendarUploadRefused) as caught:
        parse_rows(_file(lines), year=2027)
    assert caught.value.errors[0].startswith(message)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "表头"),
        (b"date,is_workday\n", "表头"),
        (b"date,is_workday,name,name\n", "表头"),
        ("date,is_workday,name\n2027-01-01,0,元旦".encode("gbk"), "UTF-8"),
        (b"PK\x03\x04\x00\x00", "不是文本"),
        (b"x" * 200_001, "超过 200 KB"),
        (HEADER.encode() + b'\n"2027-01-01,1,', "引号"),
    ],
)
def test_file_that_is_no_calendar_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(CalendarUploadRefused, match=message):
        parse_rows(content, year=2027)


@pytest.mark.django_db
def test_published_year_makes_deadlines_firm() -> None:
    assert add_workdays(date(2026, 12, 31), 1) == Deadline(date(2027, 1, 4), True)
    stored = _store(2027, _rows(2027, free=("2027-01-01",), worked=("2027-01-02",)))
    assert (stored.status, stored.uploaded_by_id) == (CalendarYear.Status.PUBLISHED, 7)
    assert add_workdays(date(2026, 12, 31), 1) == Deadline(date(2027, 1, 2), False)
    require_published([2027])
    assert CalendarYear.objects.get(year=2028).status == CalendarYear.Status.PROVISIONAL


@pytest.mark.django_db
def test_corrected_year_numbers_the_years_after_it_anew() -> None:
    _store(2027, _rows(2027))
    _store(2026, _rows(2026))
    count = 0
    for row in CalendarDay.objects.all():
        count += row.is_workday
        assert row.workday_no == count, row.date
    assert add_workdays(date(2026, 1, 2), 1).day == date(2026, 1, 5)


@pytest.mark.django_db
def test_year_after_a_gap_is_refused() -> None:
    with pytest.raises(CalendarUploadRefused, match="请先上传 2027 年的日历"):
        _store(2028, _rows(2028))
    assert not CalendarDay.objects.filter(year=2028).exists()
