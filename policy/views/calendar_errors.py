"""What is wrong in an uploaded calendar, line by line, as the page lists it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import Any

LISTED_ERRORS = 100
LINE = re.compile(r"第 (?P<line>\d+) 行：(?P<message>.*)", re.DOTALL)
COLUMN_SIGNS = (
    ("is_workday", re.compile(r"is_workday 须为")),
    ("name", re.compile(r"说明不超过")),
    ("date", re.compile(r"日期“|^\d{4}-\d\d-\d\d (不在|重复)")),
)
REMEDIES = {
    "date": "写成 YYYY-MM-DD，全年每天一行、不重复",
    "is_workday": "上班写 1，休息写 0",
    "name": "缩短到 60 字以内",
}


def error_items(file_name: str, content: bytes, errors: Sequence[str]) -> list[dict[str, Any]]:
    """The first messages with line, column and what stands there; `content` is the file as CSV."""
    lines = _lines(content)
    head = lines.get(1, [])
    items = []
    for error in errors[:LISTED_ERRORS]:
        found = LINE.fullmatch(error)
        message = found["message"] if found else error
        line = int(found["line"]) if found else None
        column = next((name for name, sign in COLUMN_SIGNS if sign.search(message)), "")
        items.append(
            {
                "file": file_name,
                "line": line,
                "column": column,
                "value": _value(lines.get(line or 0, []), head, column),
                "message": message,
                "remedy": REMEDIES.get(column, "对照底稿改正后重新上传整份文件"),
            }
        )
    return items


def _value(cells: Sequence[str], head: Sequence[str], column: str) -> str:
    """The cell, or the whole line where no one column is to blame."""
    if column in head and head.index(column) < len(cells):
        return cells[head.index(column)][:80]
    return ",".join(cells)[:80]


def _lines(content: bytes) -> dict[int, list[str]]:
    """The cells of each line, as far as they can be read."""
    reader = csv.reader(io.StringIO(content.decode("utf-8-sig", errors="replace"), newline=""))
    lines: dict[int, list[str]] = {}
    try:
        for cells in reader:
            lines[reader.line_num] = cells
    except csv.Error:
        # The message names the line at which reading ended; those before it are kept.
        pass
    return lines
