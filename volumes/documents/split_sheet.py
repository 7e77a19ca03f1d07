"""厂牌拆分 as a sheet of the report's workbook: one row per group and manufacturer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from core.lists.sheet import SheetColumn, SheetRefused, read_sheet
from core.transitions import MissingInput
from volumes.queries.sheet import SheetRow, Supplier
from volumes.rules.figures import FigureProblem

NAME = "厂牌拆分"
MAX_BYTES, MAX_ROWS = 2_000_000, 10_000
COLUMNS = (
    SheetColumn("number", "报量编号", 30), SheetColumn("group", "品种代码", 16),
    SheetColumn("name", "品种名称", 30), SheetColumn("unit", "计量单位", 10),
    SheetColumn("maker", "生产企业代码", 24), SheetColumn("maker_name", "生产企业", 34),
    SheetColumn("quantity", "拆分数量（计量单位）", 20),
)  # fmt: skip
HEADINGS = {column.field: column.heading for column in COLUMNS}
Splits = dict[str, dict[str, str]]
"""Group code → maker's code → quantity as typed."""


def pairs(rows: Sequence[SheetRow]) -> Iterator[tuple[SheetRow, Supplier]]:
    """Every group with its selected manufacturers, and those that it is split by already."""
    for row in rows:
        known = {each.code for each in row.suppliers}
        yield from ((row, each) for each in row.suppliers)
        yield from ((row, Supplier(code, code)) for code in sorted(row.splits.keys() - known))


def write_splits(book: Any, number: str, rows: Sequence[SheetRow], formats: dict[str, Any]) -> None:
    """Prefilled and locked but for the quantities; a group whose quantities are empty is not split."""
    sheet = book.add_worksheet(NAME)
    for place, column in enumerate(COLUMNS):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, column.heading, formats["head"])
    line = 0
    for line, (row, maker) in enumerate(pairs(rows), start=1):
        texts = (
            number,
            row.group.code,
            row.group.name,
            row.group.base_unit,
            maker.code,
            maker.name,
        )
        for place, text in enumerate(texts):
            sheet.write_string(line, place, text, formats["locked"])
        part = row.splits.get(maker.code)
        if part is None:
            sheet.write_blank(line, 6, None, formats["typed"])
        else:
            sheet.write_number(line, 6, part, formats["typed"])
    sheet.data_validation(
        1, 6, max(line, 1), 6,
        {"validate": "decimal", "criteria": ">=", "value": 0, "ignore_blank": True,
         "error_title": "拆分数量", "error_message": "填写不小于 0 的数量；同一品种各企业之和等于本年报量"},
    )  # fmt: skip
    sheet.freeze_panes(1, 3)
    sheet.protect("", {"format_columns": True, "sort": False, "autofilter": True})


def read_splits(
    content: bytes, number: str, rows: Sequence[SheetRow]
) -> tuple[Splits, list[FigureProblem]]:
    """What was typed on the sheet, and what is wrong with its rows; sums are the figures' affair.

    Raises MissingInput (field `file`) where the workbook has no such sheet.
    """
    offered = {(row.group.code, maker.code): maker for row, maker in pairs(rows)}
    if not offered:
        return {}, []
    try:
        lines = read_sheet(content, COLUMNS, max_bytes=MAX_BYTES, max_rows=MAX_ROWS, sheet=NAME)
    except SheetRefused as refused:
        first = refused.errors[0]
        raise MissingInput(
            "file", f"工作表“{NAME}”：{first.message}；{first.remedy}，或重新下载报量表填写"
        ) from refused
    splits: Splits = {}
    seen: set[tuple[str, str]] = set()
    problems: list[FigureProblem] = []
    for line in lines:
        key = (line.cells.get("group", ""), line.cells.get("maker", ""))
        if line.cells.get("number", "") != number:
            problems.append(_wrong(line.line, key, "number", line.cells.get("number", ""),
                                   "不是这份报量的表", f"请用本页下载的表（{number}）"))  # fmt: skip
        elif key not in offered:
            problems.append(_wrong(line.line, key, "maker", key[1],
                                   f"“{key[1]}”不是品种 {key[0]} 的中选企业", "按下载的表填写，不要增改企业"))  # fmt: skip
        elif key in seen:
            problems.append(_wrong(line.line, key, "maker", key[1],
                                   "同一品种的这家企业出现了两次", "只留一行"))  # fmt: skip
        else:
            seen.add(key)
            splits.setdefault(key[0], {})[key[1]] = line.cells.get("quantity", "")
    missing = [key for key in offered if key not in seen]
    problems += [
        _wrong(0, key, "maker", key[1], f"缺少品种 {key[0]} 的企业“{offered[key].name}”这一行",
               "不要删行；重新下载报量表填写")
        for key in missing[:20]
    ]  # fmt: skip
    return splits, problems


def _wrong(
    line: int, key: tuple[str, str], column: str, value: str, message: str, remedy: str
) -> FigureProblem:
    return FigureProblem(line, key[0], HEADINGS[column], value[:60], message, remedy, NAME)
