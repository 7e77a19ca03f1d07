"""A filled-in sheet: read into rows of text by its headings, and given back with its mistakes marked."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import python_calamine
import xlsxwriter

MARK = "错误说明"
MAX_UNPACKED = 60_000_000
INEXACT = 1e15
"""From here on Excel itself does not hold every digit of a number."""


@dataclass(frozen=True)
class SheetColumn:
    """A column by its heading; `field` is the form's field that its cells become."""

    field: str
    heading: str
    width: int = 16
    hint: str = ""


@dataclass(frozen=True)
class SheetError:
    """One mistake: line as the program shows it (the heading is 1; 0 is the file as a whole)."""

    line: int
    column: str
    value: str
    message: str
    remedy: str = "改正后重新上传整份文件"


@dataclass(frozen=True)
class SheetRow:
    line: int
    cells: dict[str, str]


class SheetRefused(Exception):
    """The file cannot be read as rows; nothing was taken."""

    def __init__(self, errors: Sequence[SheetError]) -> None:
        super().__init__("；".join(error.message for error in errors))
        self.errors = list(errors)


def read_sheet(
    content: bytes,
    columns: Sequence[SheetColumn],
    *,
    max_bytes: int,
    max_rows: int,
    sheet: str = "",
    mapped: Collection[str] | None = None,
    csv_too: bool = False,
) -> list[SheetRow]:
    """The rows of the first sheet, or of the one named `sheet`; cells by field, no empty lines.

    Headings may stand in any order, each once, no others. Raises SheetRefused. With `mapped` the
    file has a layout of its own: these headings must be there, others are passed over. With
    `csv_too` a CSV file (UTF-8 or GB18030) is read by the same rules.
    """
    if len(content) > max_bytes:
        raise _whole(f"文件超过 {max_bytes // 1_000_000} MB", "分成几份上传")
    lines = _csv_lines(content) if csv_too and content[:2] != b"PK" else _lines(content, sheet)
    fields = _fields(lines[0] if lines else [], columns, mapped)
    rows = []
    for number, cells in enumerate(lines[1:], start=2):
        texts = [_text(cell) for cell in cells]
        if not any(texts):
            continue
        beyond = [word for index, word in enumerate(texts) if word and index >= len(fields)]
        if beyond:
            message = "右侧有没有表头的内容"
            raise SheetRefused([SheetError(number, "", beyond[0][:80], message, "删去多出的列")])
        rows.append(
            SheetRow(
                number, {name: word for name, word in zip(fields, texts, strict=False) if name}
            )
        )
        if len(rows) > max_rows:
            raise _whole(f"超过 {max_rows} 行", "分成几份上传")
    if not rows:
        raise _whole("没有数据行", "从第 2 行起填写，每行一条")
    return rows


def marked_copy(
    columns: Sequence[SheetColumn], rows: Iterable[SheetRow], errors: Sequence[SheetError]
) -> bytes:
    """The rows as they were handed in, wrong cells coloured, with a last column that says why."""
    said: dict[int, list[SheetError]] = defaultdict(list)
    for error in errors:
        said[error.line].append(error)
    headings = {column.field: column.heading for column in columns}
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "bg_color": "#EAF0F7", "border": 1})
    wrong = book.add_format({"bg_color": "#FDE2E1"})
    sheet = book.add_worksheet("数据")
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width)
        sheet.write_string(0, index, column.heading, head)
    sheet.set_column(len(columns), len(columns), 60)
    sheet.write_string(0, len(columns), MARK, head)
    for row in rows:
        blamed = {error.column for error in said[row.line]}
        for index, column in enumerate(columns):
            text = row.cells.get(column.field, "")
            style = wrong if headings[column.field] in blamed else None
            sheet.write_string(row.line - 1, index, text, style)
        words = "；".join(
            f"{e.column}：{e.message}" if e.column else e.message for e in said[row.line]
        )
        sheet.write_string(row.line - 1, len(columns), words, wrong if words else None)
    sheet.freeze_panes(1, 0)
    book.close()
    return buffer.getvalue()


def _lines(content: bytes, sheet: str) -> list[list[Any]]:
    problem = _whole("文件不是能打开的 XLSX 工作簿", "用 Excel 或 WPS 另存为 .xlsx")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
                raise _whole("工作簿过大", "删去多余的工作表后再上传")
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        if sheet and sheet not in book.sheet_names:
            raise _whole(f"缺少工作表“{sheet}”", "不要删改工作表")
        found = book.get_sheet_by_name(sheet) if sheet else book.get_sheet_by_index(0)
        lines: list[list[Any]] = found.to_python(skip_empty_area=False)
    except SheetRefused:
        raise
    except Exception as error:
        # The reader has an exception of its own for each way in which a file can be broken.
        raise problem from error
    return lines


def _csv_lines(content: bytes) -> list[list[Any]]:
    """Lines of a CSV file as a bank or Excel writes it: UTF-8 with or without a mark, or GB18030."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise _whole("CSV 文件的编码不是 UTF-8 或 GB18030", "用 Excel 或 WPS 另存为 CSV 或 .xlsx")
    if "\0" in text:
        raise _whole("文件不是能打开的 XLSX 工作簿或 CSV", "用 Excel 或 WPS 另存为 .xlsx 或 CSV")
    try:
        return [list(line) for line in csv.reader(io.StringIO(text, newline=""), strict=True)]
    except csv.Error as error:
        raise _whole(
            "CSV 文件的引号不成对，读不出各列", "用 Excel 或 WPS 另存后重新上传"
        ) from error


def _fields(
    head: Sequence[Any], columns: Sequence[SheetColumn], mapped: Collection[str] | None
) -> list[str]:
    """The field of each column of the sheet; '' for the column of an earlier marked copy."""
    names = [_text(cell) for cell in head]
    while names and not names[-1]:
        names.pop()
    known = {column.heading: column.field for column in columns}
    errors = [
        SheetError(1, name, name, "没有这个表头" if name else "表头是空的", "按模板的表头填写")
        for name in names
        if mapped is None and name not in known and name != MARK
    ]
    errors += [
        SheetError(1, heading, "", f"缺少表头“{heading}”", "按模板的表头填写")
        for heading, field in known.items()
        if heading not in names and (mapped is None or field in mapped)
    ]
    errors += [
        SheetError(
            1, heading, heading, f"表头“{heading}”出现了 {names.count(heading)} 次", "只留一列"
        )
        for heading in known
        if names.count(heading) > 1
    ]
    if errors:
        raise SheetRefused(errors)
    return [known.get(name, "") for name in names]


def _whole(message: str, remedy: str) -> SheetRefused:
    return SheetRefused([SheetError(0, "", "", message, remedy)])


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}" if cell.time() == datetime.min.time() else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        if abs(cell) >= INEXACT:
            # A code of twenty digits in a cell of numbers: its last ones are gone, read none of it.
            return f"{cell:.14E}"
        # As it is shown, not as it is held: 0.1 is not 0.1000000000000000055.
        return str(int(cell)) if cell.is_integer() else f"{Decimal(repr(cell)):f}"
    return " ".join(str(cell).split())
