"""The sheet as Excel: prefilled, locked but for three columns, read back with every mistake marked."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from core.lists.sheet import SheetColumn, SheetError, SheetRefused, read_sheet
from core.transitions import MissingInput
from volumes.documents.split_sheet import read_splits, write_splits
from volumes.models import MemberSheetLine
from volumes.queries.sheet import SheetRow
from volumes.rules.figures import FigureInput, FigureProblem
from volumes.states.reasons import DeviationReason

MAX_BYTES = 2_000_000
MAX_ROWS = 1_000
MARK = "错误说明"
# Headings name the unit: quantities are in the base unit that the row gives.
COLUMNS = (
    SheetColumn("number", "报量编号", 30), SheetColumn("group", "品种代码", 16),
    SheetColumn("name", "品种名称", 30), SheetColumn("unit", "计量单位", 10),
    SheetColumn("prior", "上年实际（计量单位）", 18), SheetColumn("proposed", "建议报量（计量单位）", 18),
    SheetColumn("quantity", "本年报量（计量单位）", 18), SheetColumn("deviation", "偏差", 12),
    SheetColumn("reason_code", "原因", 30), SheetColumn("explanation", "说明", 40),
)  # fmt: skip
# A consortium's lead also sees the members' sum, and says why its own figure differs.
COMPILED = (
    *COLUMNS, SheetColumn("summed", "成员合计（计量单位）", 18),
    SheetColumn("compile_note", "汇总说明", 40),
)  # fmt: skip
MEMBERS = (
    ("成员", 30), ("状态", 12), ("品种代码", 16), ("品种名称", 30), ("计量单位", 10),
    ("上年实际（计量单位）", 18), ("成员报量（计量单位）", 18), ("原因", 24), ("说明", 40),
)  # fmt: skip
HEADINGS = {column.field: column.heading for column in COMPILED}
OPEN = ("quantity", "reason_code", "explanation")
FIELDS = [column.field for column in COLUMNS]


def sheet_workbook(
    number: str,
    rows: Sequence[SheetRow],
    members: Sequence[MemberSheetLine] | None = None,
    *,
    split: bool = False,
) -> bytes:
    """One row per group; only quantity, reason and explanation can be typed in.

    Of a consortium's report (`members` given) also the note of the lead, with every member's figures
    on a locked sheet of their own. `split`: the quantities by manufacturer on one more sheet.
    """
    columns = COLUMNS if members is None else COMPILED
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "bg_color": "#EAF0F7", "border": 1, "text_wrap": True})
    locked = book.add_format({"bg_color": "#F4F5F7", "border": 1})
    number_locked = book.add_format(
        {"bg_color": "#F4F5F7", "border": 1, "num_format": "#,##0.####"}
    )
    share = book.add_format({"bg_color": "#F4F5F7", "border": 1, "num_format": "0.0%"})
    typed = book.add_format({"locked": False, "border": 1, "num_format": "#,##0.####"})
    words = book.add_format({"locked": False, "border": 1, "text_wrap": True})
    sheet = book.add_worksheet("报量")
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, column.heading, head)
    for line, row in enumerate(rows, start=1):
        texts = (number, row.group.code, row.group.name, row.group.base_unit)
        for place, text in enumerate(texts):
            sheet.write_string(line, place, text, locked)
        sheet.write_number(line, 4, row.prior, number_locked)
        sheet.write_number(line, 5, row.proposed, number_locked)
        if row.reported is None:
            sheet.write_blank(line, 6, None, typed)
        else:
            sheet.write_number(line, 6, row.reported, typed)
        at = line + 1
        sheet.write_formula(
            line, 7, f'=IF(OR(G{at}="",E{at}=0),"",(G{at}-E{at})/E{at})', share,
            "" if row.share is None else float(row.share),
        )  # fmt: skip
        sheet.write_string(line, 8, row.reason_label, words)
        sheet.write_string(line, 9, row.line.explanation if row.line else "", words)
        if members is not None:
            if row.summed is None:
                sheet.write_blank(line, 10, None, number_locked)
            else:
                sheet.write_number(line, 10, row.summed, number_locked)
            sheet.write_string(line, 11, row.compile_note, words)
    last = max(len(rows), 1)
    sheet.data_validation(
        1, 6, last, 6,
        {"validate": "decimal", "criteria": ">=", "value": 0, "ignore_blank": True,
         "error_title": "本年报量", "error_message": "填写不小于 0 的数量，以计量单位计；不需要的填 0"},
    )  # fmt: skip
    if split:
        write_splits(book, number, rows, {"head": head, "locked": locked, "typed": typed})
    # A list typed into the rule may not be longer than 255 letters: it stands on its own sheet.
    reasons = book.add_worksheet("原因")
    for place, label in enumerate(DeviationReason.labels):
        reasons.write_string(place, 0, str(label))
    sheet.data_validation(
        1, 8, last, 8,
        {"validate": "list", "source": f"=原因!$A$1:$A${len(DeviationReason.labels)}",
         "error_title": "原因", "error_message": "请从列表中选择"},
    )  # fmt: skip
    sheet.data_validation(
        1, 9, last, 9,
        {"validate": "length", "criteria": "<=", "value": 500, "error_title": "说明",
         "error_message": "不超过 500 字"},
    )  # fmt: skip
    sheet.freeze_panes(1, 3)
    sheet.protect("", {"format_columns": True, "sort": False, "autofilter": True})
    reasons.protect()
    if members is not None:
        _write_members(book, members, head, locked, number_locked)
    book.close()
    return buffer.getvalue()


def _write_members(
    book: Any, members: Sequence[MemberSheetLine], head: Any, locked: Any, number_locked: Any
) -> None:
    """To read beside the lead's own figures; nothing of it is read back."""
    sheet = book.add_worksheet("成员填报")
    for place, (heading, width) in enumerate(MEMBERS):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, heading, head)
    for line, each in enumerate(members, start=1):
        group, reason = each.group, each.get_reason_code_display() if each.reason_code else ""
        texts = (each.sheet.institution.name, each.sheet.get_state_display(), group.code,
                 group.name, group.base_unit)  # fmt: skip
        for place, text in enumerate(texts):
            sheet.write_string(line, place, str(text), locked)
        sheet.write_number(line, 5, each.prior_year_qty, number_locked)
        sheet.write_number(line, 6, each.reported_qty, number_locked)
        sheet.write_string(line, 7, str(reason), locked)
        sheet.write_string(line, 8, each.explanation, locked)
    sheet.freeze_panes(1, 1)
    sheet.protect("", {"sort": True, "autofilter": True})


def read_workbook(
    content: bytes,
    number: str,
    rows: Sequence[SheetRow],
    *,
    compiled: bool = False,
    split: bool = False,
) -> tuple[list[FigureInput], list[FigureProblem]]:
    """What was typed, and what is wrong with the sheet as such: other report, changed locked cells.

    Raises MissingInput (field `file`) where the file cannot be read as this sheet at all.
    """
    if not content:
        raise MissingInput("file", "文件是空的，请选择填好的报量表")
    try:
        columns = COMPILED if compiled else COLUMNS
        lines = read_sheet(content, columns, max_bytes=MAX_BYTES, max_rows=MAX_ROWS)
    except SheetRefused as refused:
        first: SheetError = refused.errors[0]
        more = f"（另有 {len(refused.errors) - 1} 处）" if len(refused.errors) > 1 else ""
        raise MissingInput(
            "file", f"{first.message}{more}；{first.remedy}，或重新下载报量表填写"
        ) from refused
    known = {row.group.code: row for row in rows}
    splits, problems = read_splits(content, number, rows) if split else ({}, [])
    inputs: list[FigureInput] = []
    for line in lines:
        cells = line.cells
        code = cells.get("group", "")
        problems += _locked_changed(line.line, cells, number, known.get(code))
        inputs.append(
            FigureInput(
                group_code=code, quantity=cells.get("quantity", ""),
                reason_code=cells.get("reason_code", ""), explanation=cells.get("explanation", ""),
                compile_note=cells.get("compile_note", ""), splits=splits.get(code, {}),
                place=line.line,
            )
        )  # fmt: skip
    given = {each.group_code for each in inputs}
    missing = [row for row in rows if row.group.code not in given]
    problems += [
        FigureProblem(0, row.group.code, "group", row.group.code, f"缺少品种“{row.group.name}”这一行",
                      "不要删行；重新下载报量表填写")
        for row in missing[:20]
    ]  # fmt: skip
    return inputs, problems


def _locked_changed(
    line: int, cells: dict[str, str], number: str, row: SheetRow | None
) -> list[FigureProblem]:
    code = cells.get("group", "")
    if cells.get("number", "") != number:
        return [
            FigureProblem(line, code, "number", cells.get("number", "")[:60],
                          "不是这份报量的表", f"请用本页下载的表（{number}）")
        ]  # fmt: skip
    if row is None:
        return []  # The reading of figures names it.
    found = []
    for field, stands in (("name", row.group.name), ("unit", row.group.base_unit)):
        if cells.get(field, "") != " ".join(stands.split()):
            found.append(
                FigureProblem(line, code, field, cells.get(field, "")[:60],
                              f"{HEADINGS[field]}被改动，应为“{stands}”", "锁定的列不要改动")
            )  # fmt: skip
    return found


def marked_workbook(content: bytes, problems: Sequence[FigureProblem]) -> bytes:
    """The same workbook with wrong cells coloured and noted, and a last column that says why."""
    # Deferred: only marking a refused sheet needs openpyxl, and every process would load it.
    import openpyxl
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    book = openpyxl.load_workbook(io.BytesIO(content))
    for name in dict.fromkeys(["", *(each.sheet for each in problems)]):
        _mark(
            book[name] if name else book.worksheets[0],
            [each for each in problems if each.sheet == name],
            PatternFill("solid", fgColor="FFD6D6"), Comment,
        )  # fmt: skip
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _mark(sheet: Any, problems: Sequence[FigureProblem], colour: Any, comment: Any) -> None:
    places = {str(cell.value or "").strip(): cell.column for cell in sheet[1]}
    last = places.get(MARK) or max(places.values()) + 1
    sheet.cell(1, last).value = MARK
    said: dict[int, list[str]] = defaultdict(list)
    for problem in problems:
        heading = HEADINGS.get(problem.column, problem.label)
        said[max(problem.place, 1)].append(f"{heading}：{problem.message}")
        column = places.get(heading)
        if column is not None and problem.place > 0:
            cell = sheet.cell(problem.place, column)
            cell.fill = colour
            cell.comment = comment(problem.message, "招采平台")
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, last).value = "；".join(said[row]) if row in said else None
    if 1 in said:
        sheet.cell(1, last).value = f"{MARK}：{'；'.join(said[1])}"
