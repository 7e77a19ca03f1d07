"""A batch's workbook that is right, to be spoiled in one place."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.documents.batch_workbook import template

Book = Any
"""An openpyxl workbook, whose stubs know neither cells by address nor their values."""
CODE_A = "XC10AAA061A001010100001"
CODE_B = "XC10AAA061A001010100002"
CODE_OTHER = "XC10AAA061A001010100009"

ROWS: dict[str, list[list[Any]]] = {
    "批次": [["JX-26-3", "江西省第三批", "药品", "省级", "jiangxi-2024"]],
    "日期": [["2026-06-01", "2026-07-01", "2028-06-30"]],
    "采购年度": [["1", "2026-07-01", "2027-06-30"], ["2", "2027-07-01", "2028-06-30"]],
    "品种": [["G-1", "阿托伐他汀", "药品", "片"]],
    "中选结果": [[CODE_A, "中选", "5.60", "", ""], [CODE_B, "备供", "6.10", "", ""]],
    "供应地区": [[CODE_A, "360100"], [CODE_A, "360200"], [CODE_B, "360000"]],
    "执行参数": [["non_selected_share_max", "0.40", "执行文件 三"]],
}


def book(spoil: Callable[[Book], None] | None = None) -> bytes:
    """The workbook's bytes; `spoil` changes it before it is saved."""
    made = openpyxl.load_workbook(io.BytesIO(template()))
    for name, rows in ROWS.items():
        for number, row in enumerate(rows, start=2):
            for place, value in enumerate(row, start=1):
                made[name].cell(row=number, column=place).value = value
    if spoil is not None:
        spoil(made)
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def upload(body: bytes, name: str = "第三批.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body)


def put(sheet: str, cell: str, value: Any) -> Callable[[Book], None]:
    def spoil(made: Book) -> None:
        made[sheet][cell] = value

    return spoil


def add(sheet: str, *row: Any) -> Callable[[Book], None]:
    def spoil(made: Book) -> None:
        made[sheet].append(list(row))

    return spoil


def drop(sheet: str) -> Callable[[Book], None]:
    def spoil(made: Book) -> None:
        del made[sheet]

    return spoil


def clear(sheet: str, row: int) -> Callable[[Book], None]:
    def spoil(made: Book) -> None:
        made[sheet].delete_rows(row)

    return spoil


def both(*spoilers: Callable[[Book], None]) -> Callable[[Book], None]:
    def spoil(made: Book) -> None:
        for each in spoilers:
            each(made)

    return spoil
