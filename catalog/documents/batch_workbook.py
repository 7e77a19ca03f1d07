"""A batch's workbook: the template, what somebody filled in, and the same with its mistakes marked."""

from __future__ import annotations

import io
import zipfile
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import python_calamine
import xlsxwriter

from catalog.documents.batch_sheets import BY_KEY, SHEETS, Content, Sheet
from core.transitions import MissingInput

MAX_BYTES = 5_000_000
MAX_UNPACKED = 80_000_000
MAX_ROWS = 20_000
MARK = "错误说明"
Problem = dict[str, Any]


def problem(sheet: str, row: int, column: str, value: str, reason: str) -> Problem:
    """One mistake: labels of sheet and column as the workbook has them."""
    return {"sheet": sheet, "row": row, "column": column, "value": value[:200], "reason": reason}


def template(content: Content | None = None) -> bytes:
    """The empty workbook with an example in the notes, or one filled with a draft's rows."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "bg_color": "#EAF0F7", "border": 1})
    for sheet in SHEETS:
        page = book.add_worksheet(sheet.label)
        for place, column in enumerate(sheet.columns):
            page.set_column(place, place, max(14, len(column.example) + 4), None)
            page.write_string(0, place, column.label, head)
            page.write_comment(0, place, _note(sheet, column.example, column.required))
            if column.choices:
                page.data_validation(
                    1, place, 1000, place,
                    {"validate": "list", "source": [label for _, label in column.choices]},
                )  # fmt: skip
        for each in (content or {}).get(sheet.key, ()):
            for place, column in enumerate(sheet.columns):
                text = column.words_of(str(each["cells"].get(column.key, "")))
                if text:
                    page.write_string(each["row"] - 1, place, text)
        page.freeze_panes(1, 0)
    book.close()
    return target.getvalue()


def _note(sheet: Sheet, example: str, required: bool) -> str:
    return f"{sheet.note}。{'必填' if required else '可空'}，如 {example or '（空）'}"


def read(body: bytes) -> tuple[dict[str, list[dict[str, Any]]], list[Problem]]:
    """The rows by sheet, and what is wrong with the workbook's shape.

    Raises MissingInput (field `file`) for what is no workbook, or too large to be a batch's.
    """
    if len(body) > MAX_BYTES:
        raise MissingInput("file", "文件超过 5 MB，不是一个批次的工作簿")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MAX_UNPACKED:
                raise MissingInput("file", "工作簿展开后过大，不是一个批次的工作簿")
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(body))
        names = book.sheet_names
    except MissingInput:
        raise
    except Exception as error:
        # The reader has an exception of its own for each way in which a file can be broken.
        raise MissingInput(
            "file", "文件不是能打开的 XLSX 工作簿，请用 Excel 或 WPS 另存为 .xlsx 后重新上传"
        ) from error
    content: dict[str, list[dict[str, Any]]] = {}
    problems: list[Problem] = []
    for sheet in SHEETS:
        if sheet.label not in names:
            reason = f"缺少“{sheet.label}”表：请按模板补上（没有内容时保留表头）"
            problems.append(problem(sheet.label, 0, "", "", reason))
            continue
        rows = book.get_sheet_by_name(sheet.label).to_python(skip_empty_area=False)
        content[sheet.key] = _read_sheet(sheet, rows, problems)
    for name in names:
        if name not in {sheet.label for sheet in SHEETS} and not name.startswith("填写说明"):
            reason = "模板没有这个表：请删去，或把内容移到模板的表中"
            problems.append(problem(name, 0, "", "", reason))
    return content, problems


def _read_sheet(
    sheet: Sheet, rows: list[list[Any]], problems: list[Problem]
) -> list[dict[str, Any]]:
    if len(rows) > MAX_ROWS:
        reason = f"有 {len(rows)} 行，一张表至多 {MAX_ROWS} 行"
        problems.append(problem(sheet.label, 0, "", "", reason))
        return []
    places = _places(sheet, [_text(cell) for cell in rows[0]] if rows else [], problems)
    found = []
    for row_no, row in enumerate(rows[1:], start=2):
        texts = {key: _text(row[place]) for key, place in places.items() if place < len(row)}
        if not any(_text(cell) for cell in row):
            continue
        stray = [
            _text(cell) for place, cell in enumerate(row)
            if _text(cell) and place not in places.values()
        ]  # fmt: skip
        if stray and len(places) == len(sheet.columns):
            reason = "表头以外的列有内容：请删去，或移到对应的列"
            problems.append(problem(sheet.label, row_no, "", stray[0], reason))
        for column in sheet.columns:
            text = texts.get(column.key, "")
            if "\n" in text or "\r" in text:
                reason = "单元格内有换行，请删去"
                problems.append(problem(sheet.label, row_no, column.label, text, reason))
                text = " ".join(text.split())
            texts[column.key] = column.value_of(text)
        found.append({"row": row_no, "cells": texts})
    return found


def _places(sheet: Sheet, head: list[str], problems: list[Problem]) -> dict[str, int]:
    """Where each column stands; a missing, unknown or repeated one is a mistake of row 1."""
    places: dict[str, int] = {}
    for column in sheet.columns:
        named = [place for place, text in enumerate(head) if text in (column.label, column.key)]
        if not named:
            reason = "缺少这一列：请在第 1 行按模板补上表头"
            problems.append(problem(sheet.label, 1, column.label, "", reason))
        elif len(named) > 1:
            reason = "这一列出现了两次，请删去一列"
            problems.append(problem(sheet.label, 1, column.label, column.label, reason))
        if named:
            places[column.key] = named[0]
    known = {word for column in sheet.columns for word in (column.label, column.key)} | {MARK}
    for text in head:
        if text and text not in known:
            reason = f"没有这一列：本表的列是 {'、'.join(c.label for c in sheet.columns)}"
            problems.append(problem(sheet.label, 1, text, text, reason))
    # A marked copy that is handed in again brings its last column along.
    if MARK in head:
        places[MARK] = head.index(MARK)
    return places


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}" if cell.time() == datetime.min.time() else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        # As Excel shows it: 5.6, not 5.5999999999999996.
        return format(Decimal(str(cell)).normalize(), "f")
    return str(cell).strip()


def marked(body: bytes, problems: Iterable[Problem]) -> bytes:
    """The same workbook with a column 错误说明 and the rows with mistakes coloured."""
    by_row: dict[tuple[str, int], list[str]] = defaultdict(list)
    for each in problems:
        words = f"{each['column']}：{each['reason']}" if each["column"] else each["reason"]
        by_row[each["sheet"], max(each["row"], 1)].append(words)
    # Deferred: only marking a refused sheet needs openpyxl, and every process would load it.
    import openpyxl
    from openpyxl.styles import PatternFill

    book = openpyxl.load_workbook(io.BytesIO(body))
    fill = PatternFill("solid", fgColor="FFF1E5E5")
    for (name, row), words in by_row.items():
        page = book[name] if name in book.sheetnames else book.create_sheet(name)
        at = _mark_column(page)
        cell = page.cell(row=row, column=at)
        cell.value = "；".join([MARK, *words] if row == 1 else words)
        for place in range(1, at + 1):
            page.cell(row=row, column=place).fill = fill
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _mark_column(page: Any) -> int:
    for place in range(1, page.max_column + 1):
        if str(page.cell(row=1, column=place).value or "").startswith(MARK):
            return place
    at = int(page.max_column) + 1
    page.cell(row=1, column=at).value = MARK
    return at


def sheet_label(key: str) -> str:
    return BY_KEY[key].label if key in BY_KEY else key
