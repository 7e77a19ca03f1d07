"""What a list writes to Excel: text stays text, long codes keep their digits, numbers are numbers."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from core.lists import workbook
from core.lists.workbook import workbook_response
from core.transitions import MissingInput

FORMULA_LEADS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "＋1", "－1", "＠A1", "\t=1", "\r=1", "=cmd|' /C calc'!A0",
    "{=1}", '=HYPERLINK("http://example.com")', "http://example.com", "mailto:a@example.com",
    "internal:Sheet1!A1", "%1", "|1", "0x1",
]  # fmt: skip
LONG_CODES = ["36010200001", "91310115567890123X", "123456789012345678", "00012", "1E5", "2026-03"]


def sheet_of(rows: list[tuple[Any, ...]], width: int = 1) -> Any:
    response = workbook_response(
        name="预警_2026", columns=[(f"列{n}", 12) for n in range(width)], rows=rows
    )
    assert response["Content-Type"] == workbook.XLSX
    assert response["Content-Disposition"].startswith("attachment; ")
    return openpyxl.load_workbook(io.BytesIO(response.content)).active


@pytest.mark.parametrize("text", FORMULA_LEADS + LONG_CODES)
def test_text_stays_text(text: str) -> None:
    cell = sheet_of([(text,)]).cell(2, 1)
    assert (cell.data_type, cell.hyperlink) == ("s", None)
    assert str(cell.value).replace("_x000D_", "\r") == text


def test_no_formula_and_no_link_is_in_the_file() -> None:
    response = workbook_response(
        name="x", columns=[("列", 9)], rows=[(text,) for text in FORMULA_LEADS]
    )
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
        assert b"<f>" not in sheet
        assert b"<hyperlink" not in sheet
        assert not [name for name in archive.namelist() if "externalLink" in name]


@pytest.mark.parametrize(
    "number", [0, -1, 12, 0.5, Decimal("-1234.5600"), Decimal("0"), 999_999_999_999]
)
def test_numbers_are_numeric_cells(number: Any) -> None:
    cell = sheet_of([(number,)]).cell(2, 1)
    assert cell.data_type == "n"
    assert Decimal(str(cell.value)) == Decimal(str(number))


def test_dates_and_truths_are_words_in_local_time() -> None:
    at = datetime(2026, 3, 31, 16, 30, tzinfo=UTC)
    sheet = sheet_of([(at, date(2026, 3, 1), True, False, None, "")], width=6)
    assert [cell.value for cell in sheet[2]] == [
        "2026-04-01 00:30:00", "2026-03-01", "是", "否", None, None,
    ]  # fmt: skip


def test_headings_and_order() -> None:
    sheet = sheet_of([("甲", 1), ("乙", 2)], width=2)
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["列0", "列1"], ["甲", 1], ["乙", 2],
    ]  # fmt: skip


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_ROWS", 3)

    def rows(count: int) -> Iterator[tuple[str]]:
        yield from (("x",) for _ in range(count))

    assert workbook_response(name="x", columns=[("列", 9)], rows=rows(3)).status_code == 200
    with pytest.raises(MissingInput, match="超过 3 行，一张表放不下"):
        workbook_response(name="x", columns=[("列", 9)], rows=rows(4))


@pytest.mark.parametrize("text", ["\x0b控制", "\x1f", "￾", "😀𠮷", "a\nb", "<b>&amp;", "_x0041_"])
def test_odd_characters_do_not_break_the_file(text: str) -> None:
    assert sheet_of([(text,)]).cell(2, 1).data_type == "s"
