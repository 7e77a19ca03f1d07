"""An Excel file of exactly what a list shows, written with flat memory."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from core.transitions.refusals import MissingInput

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_ROWS = 1_048_575
"""What a sheet holds under its heading; the writer drops what comes after without a word."""


def workbook_response(
    *, name: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Any]]
) -> HttpResponse:
    """One sheet: (heading, width) per column, then the rows.

    Text stays text, so that nothing that begins with '=' becomes a formula and no long code loses
    its digits; numbers are numeric cells. Raises MissingInput where a sheet cannot hold the rows.
    """
    buffer = io.BytesIO()
    write_workbook(buffer, columns=columns, rows=rows)
    response = HttpResponse(buffer.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx") or ""
    return response


def write_workbook(
    target: IO[bytes], *, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Any]]
) -> None:
    """The same into an open file."""
    book = xlsxwriter.Workbook(
        target,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    )
    try:
        _fill(book, columns, rows)
    finally:
        # Also where a row fails: closing removes the file that kept the memory flat.
        book.close()


def _fill(
    book: xlsxwriter.Workbook, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Any]]
) -> None:
    head = book.add_format({"bold": True, "bg_color": "#EAF0F7", "border": 1})
    sheet = book.add_worksheet("数据")
    for index, (heading, width) in enumerate(columns):
        sheet.set_column(index, index, width)
        sheet.write_string(0, index, heading, head)
    for row_no, row in enumerate(rows, start=1):
        if row_no > MAX_ROWS:
            raise MissingInput("q", f"超过 {MAX_ROWS:,} 行，一张表放不下，请缩小筛选范围后分次导出")
        for index, value in enumerate(row):
            _write(sheet, row_no, index, value)
    sheet.freeze_panes(1, 0)


def _write(sheet: Any, row: int, column: int, value: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_string(row, column, "是" if value else "否")
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(row, column, value)
    elif isinstance(value, datetime):
        sheet.write_string(row, column, f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}")
    elif isinstance(value, date):
        sheet.write_string(row, column, f"{value:%Y-%m-%d}")
    else:
        sheet.write_string(row, column, str(value))
