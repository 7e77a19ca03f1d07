"""The workbook of a hospital's list: read as it was filled in, handed back with its errors marked."""

from __future__ import annotations

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import python_calamine

from catalog.operations.hospital_items.rows import COLUMNS, RawRow, RowProblem
from core.transitions import MissingInput

MOST_ROWS = 5_000
MOST_BYTES = 5_000_000
MOST_UNPACKED = 60_000_000
HEAD_ROW = 1
MARK = "错误说明"
FORMULA_ERROR = "#N/A"
_FIRST_SHEET = re.compile(r'<(?:\w+:)?sheet\b[^>]*?\br:id="([^"]+)"')
_LINK = re.compile(r"<Relationship\b[^>]*>")
_TARGET = re.compile(r'Target="([^"]+)"')
_CELL = re.compile(r"<c\b[^>]*>")
_PLACE = re.compile(r'\br="([A-Z]{1,3}\d+)"')
REFUSED = "请下载模板，填好后另存为 .xlsx 再上传"


def read_workbook(content: bytes) -> list[tuple[int, RawRow]]:
    """Rows of the first sheet as text, with their numbers in the sheet; empty rows are left out.

    Raises MissingInput (field `file`) for what is no such workbook: nothing of it is taken.
    """
    _check_size(content)
    cells = _cells(content)
    columns = _columns(cells[0] if cells else [])
    rows: list[tuple[int, RawRow]] = []
    for number, line in enumerate(cells[HEAD_ROW:], start=HEAD_ROW + 1):
        words = [_text(cell) for cell in line]
        if not any(words):
            continue
        stray = [word for place, word in enumerate(words) if word and place not in columns]
        if stray:
            raise MissingInput(
                "file", f"第 {number} 行在表头之外的列填了“{stray[0][:20]}”，请删去多余的列再上传"
            )
        rows.append(
            (number, {key: words[place] for place, key in columns.items() if place < len(words)})
        )
    if not rows:
        raise MissingInput("file", f"文件没有数据行；{REFUSED}")
    if len(rows) > MOST_ROWS:
        raise MissingInput(
            "file", f"有 {len(rows):,} 行，一次最多 {MOST_ROWS:,} 行，请分成几份上传"
        )
    return rows


def _check_size(content: bytes) -> None:
    if not content:
        raise MissingInput("file", f"文件是空的；{REFUSED}")
    if len(content) > MOST_BYTES:
        raise MissingInput("file", f"文件超过 {MOST_BYTES // 1_000_000} MB，请分成几份上传")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(entry.file_size for entry in packed.infolist())
    except zipfile.BadZipFile:
        raise MissingInput("file", f"不是能打开的 XLSX 工作簿；{REFUSED}") from None
    if unpacked > MOST_UNPACKED:
        raise MissingInput("file", "工作簿展开后过大，请删去无关的表和格式后再上传")


def _cells(content: bytes) -> list[list[Any]]:
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        cells = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
        for row, column in _formula_errors(content):
            if row <= len(cells) and column <= len(cells[row - 1]):
                cells[row - 1][column - 1] = FORMULA_ERROR
        return cells
    except Exception as error:
        # The reader has an exception of its own for each way in which a file can be broken.
        raise MissingInput("file", f"不是能打开的 XLSX 工作簿；{REFUSED}") from error


def _formula_errors(content: bytes) -> list[tuple[int, int]]:
    """Row and column of the first sheet's cells with #N/A and the like: the reader leaves them empty."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        sheet = _FIRST_SHEET.search(packed.read("xl/workbook.xml").decode("utf-8", "replace"))
        if sheet is None:
            return []
        links = packed.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
        link = next((each for each in _LINK.findall(links) if f'Id="{sheet[1]}"' in each), "")
        target = _TARGET.search(link)
        if target is None:
            return []
        path = target[1].lstrip("/")
        text = packed.read(path if path.startswith("xl/") else f"xl/{path}").decode(
            "utf-8", "replace"
        )
    # Deferred, as below.
    from openpyxl.utils.cell import coordinate_to_tuple

    return [
        coordinate_to_tuple(place[1])
        for cell in _CELL.findall(text)
        if 't="e"' in cell and (place := _PLACE.search(cell)) is not None
    ]


def _columns(head: Sequence[Any]) -> dict[int, str]:
    """Which column of the sheet is which, by the headings; in any order, none missing or twice."""
    names = [_text(cell) for cell in head]
    keys = {column.label: column.key for column in COLUMNS} | {MARK: ""}
    unknown = [name for name in names if name and name not in keys]
    if unknown:
        raise MissingInput("file", f"表头有不认识的列“{unknown[0][:20]}”；{REFUSED}")
    twice = [name for name in names if name and names.count(name) > 1]
    if twice:
        raise MissingInput("file", f"表头的“{twice[0]}”出现两次，请删去一列")
    missing = [column.label for column in COLUMNS if column.label not in names]
    if missing:
        raise MissingInput("file", f"表头缺少“{missing[0]}”；{REFUSED}")
    return {place: keys[name] for place, name in enumerate(names) if name}


def _text(cell: Any) -> str:
    """As a person wrote it: whole numbers without a point, days as days; blanks at the ends go."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}" if cell.time() == datetime.min.time() else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def marked_workbook(content: bytes, problems: Sequence[RowProblem]) -> bytes:
    """The same workbook with wrong cells coloured and noted, and a last column that says why."""
    # Deferred: only marking a refused sheet needs openpyxl, and every process would load it.
    import openpyxl
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    places = {str(cell.value or "").strip(): cell.column for cell in sheet[HEAD_ROW]}
    last = places.get(MARK) or sheet.max_column + 1
    sheet.cell(HEAD_ROW, last).value = MARK
    colour = PatternFill("solid", fgColor="FFD6D6")
    said: dict[int, list[str]] = defaultdict(list)
    for problem in problems:
        said[problem.place].append(f"{problem.label}：{problem.message}")
        column = places.get(problem.label)
        if column is not None:
            cell = sheet.cell(problem.place, column)
            cell.fill = colour
            cell.comment = Comment(problem.message, "招采平台")
    for row in range(HEAD_ROW + 1, sheet.max_row + 1):
        sheet.cell(row, last).value = "；".join(said[row]) if row in said else None
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()
