"""Take in a year's 节假日安排 from a CSV file: every day of the year, `date,is_workday,name`."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from core.workdays.errors import CalendarUploadRefused
from core.workdays.models import CalendarDay, CalendarYear
from core.workdays.numbering import renumber
from core.workdays.provisional import SOURCE as PROVISIONAL_SOURCE

COLUMNS = ("date", "is_workday", "name")
MAX_BYTES = 200_000
MAX_NAME = 60


@dataclass(frozen=True)
class CalendarRow:
    date: date
    is_workday: bool
    name: str


def parse_rows(content: bytes, *, year: int) -> list[CalendarRow]:
    """Read the file. Raises CalendarUploadRefused with one message per bad line.

    Columns in any order; name may be empty; every day of `year` exactly once, no other day.
    """
    reader = csv.reader(io.StringIO(_decode(content), newline=""), strict=True)
    errors: list[str] = []
    rows: dict[date, CalendarRow] = {}
    try:
        header = next(reader, [])
        _check_header(header)
        for cells in reader:
            if cells:
                problem = _take(cells, header, year, rows)
                if problem:
                    errors.append(f"第 {reader.line_num} 行：{problem}")
    except csv.Error as error:
        errors.append(
            f"第 {reader.line_num} 行：引号或分隔符有误（{error}），请按 CSV 格式重新保存"
        )
    if not errors:
        errors = [
            f"缺少 {day:%Y-%m-%d}：全年每一天都要有一行" for day in _days(year) if day not in rows
        ]
    if errors:
        raise CalendarUploadRefused(errors)
    return [rows[day] for day in _days(year)]


def store_year(
    *,
    year: int,
    rows: Sequence[CalendarRow],
    source: str,
    by_id: int | None,
    by_name: str,
    at: datetime,
) -> CalendarYear:
    """Publish the year and number the calendar anew, one upload at a time.

    Years are published without gaps: counting across an unknown year would be a guess.
    Raises CalendarUploadRefused when the year before is not published.
    """
    with transaction.atomic():
        known = list(CalendarYear.objects.select_for_update().order_by("year"))
        published = {row.year for row in known if row.status == CalendarYear.Status.PUBLISHED}
        if year not in published and year - 1 not in published:
            raise CalendarUploadRefused([f"请先上传 {year - 1} 年的日历：各年须连续录入"])
        stored, _ = CalendarYear.objects.update_or_create(
            year=year,
            defaults={
                "status": CalendarYear.Status.PUBLISHED,
                "source": source,
                "uploaded_at": at,
                "uploaded_by_id": by_id,
                "uploaded_by_name": by_name,
            },
        )
        _write_days(year, rows)
        renumber(since=date(year, 1, 1))
        _list_next_as_provisional(at, by_name)
    return stored


def _write_days(year: int, rows: Sequence[CalendarRow]) -> None:
    # workday_no: -(ordinal) is unique until renumbered, see core.workdays.numbering.
    CalendarDay.objects.bulk_create(
        [
            CalendarDay(
                date=row.date,
                year_id=year,
                is_workday=row.is_workday,
                name=row.name,
                workday_no=-row.date.toordinal(),
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["date"],
        update_fields=["year", "is_workday", "name", "workday_no"],
    )


def _list_next_as_provisional(at: datetime, by_name: str) -> None:
    last = CalendarYear.objects.filter(status=CalendarYear.Status.PUBLISHED).latest("year").year
    CalendarYear.objects.get_or_create(
        year=last + 1,
        defaults={
            "status": CalendarYear.Status.PROVISIONAL,
            "source": PROVISIONAL_SOURCE,
            "uploaded_at": at,
            "uploaded_by_name": by_name,
        },
    )


def _decode(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise CalendarUploadRefused([f"文件超过 {MAX_BYTES // 1000} KB，不是一年的日历"])
    if b"\x00" in content:
        raise CalendarUploadRefused(["文件不是文本，请另存为“CSV UTF-8（逗号分隔）”"])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CalendarUploadRefused(
            ["文件不是 UTF-8 编码，请另存为“CSV UTF-8（逗号分隔）”"]
        ) from None


def _check_header(header: list[str]) -> None:
    if sorted(header) != sorted(COLUMNS):
        raise CalendarUploadRefused([f"第 1 行：表头须为 {','.join(COLUMNS)}，各列一次"])


def _take(
    cells: list[str], header: list[str], year: int, rows: dict[date, CalendarRow]
) -> str | None:
    """Add the line to `rows`, or say what is wrong with it."""
    if len(cells) != len(header):
        return f"有 {len(cells)} 列，应为 {len(header)} 列"
    cell = dict(zip(header, cells, strict=True))
    day = _date(cell["date"])
    problem = None
    if day is None:
        problem = f"日期“{cell['date'][:20]}”须为 YYYY-MM-DD"
    elif day.year != year:
        problem = f"{day:%Y-%m-%d} 不在 {year} 年"
    elif day in rows:
        problem = f"{day:%Y-%m-%d} 重复"
    elif cell["is_workday"] not in ("0", "1"):
        problem = "is_workday 须为 1（上班）或 0（休息）"
    elif len(cell["name"]) > MAX_NAME:
        problem = f"说明不超过 {MAX_NAME} 字"
    else:
        rows[day] = CalendarRow(day, cell["is_workday"] == "1", cell["name"])
    return problem


def _date(text: str) -> date | None:
    if len(text) != len("2026-01-01") or not text.isascii():
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _days(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
