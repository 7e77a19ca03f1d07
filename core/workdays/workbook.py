"""A calendar year filled in as a workbook, brought to the same lines as the CSV file."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime
from typing import Any

import python_calamine

from core.workdays.errors import CalendarUploadRefused
from core.workdays.upload import COLUMNS

ZIP_MARK = b"PK\x03\x04"
MAX_BYTES = 1_000_000
MAX_UNPACKED = 20_000_000
MAX_ROWS = 400


def csv_of(content: bytes) -> bytes:
    """The file as CSV: a workbook's first sheet line by line, anything else as it is.

    Line numbers of the result are the sheet's. Raises CalendarUploadRefused for a workbook that
    cannot be read or is no year.
    """
    if not content.startswith(ZIP_MARK):
        return content
    if len(content) > MAX_BYTES or _unpacked(content) > MAX_UNPACKED:
        raise CalendarUploadRefused(["工作簿过大，不是一年的日历"])
    rows = _rows(content)
    if len(rows) > MAX_ROWS:
        raise CalendarUploadRefused([f"工作表有 {len(rows)} 行，一年的日历最多 {MAX_ROWS} 行"])
    width = _width(rows)
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\n")
    for row in rows:
        words = [_text(cell) for cell in row]
        if any(words):
            writer.writerow(words[:width] + [word for word in words[width:] if word])
        else:
            written.write("\n")
    return written.getvalue().encode()


def _unpacked(content: bytes) -> int:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile:
        raise _unreadable() from None


def _rows(content: bytes) -> list[list[Any]]:
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        return book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except Exception as error:
        # The reader has an exception of its own for each way in which a file can be broken.
        raise _unreadable() from error


def _unreadable() -> CalendarUploadRefused:
    return CalendarUploadRefused(["文件不是能打开的 XLSX 工作簿，请用 Excel 或 WPS 另存为 .xlsx"])


def _width(rows: list[list[Any]]) -> int:
    """How many columns the heading names; empty cells to their right are the program's, not data."""
    head = [_text(cell) for cell in rows[0]] if rows else []
    while head and not head[-1]:
        head.pop()
    return len(head) or len(COLUMNS)


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}" if cell.time() == datetime.min.time() else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())
