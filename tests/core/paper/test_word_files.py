"""The same content as Word file: the grid of GB/T 9704, fonts by name, text as it is."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm

from core.paper import PaperError, render_docx
from tests.core.paper.test_papers import HOSTILE, agreement

BULLETIN: dict[str, Any] = {
    "issuer": "某省医疗保障局文件", "number": "某医保字〔2026〕22号", "title": "关于三率情况的通报",
    "to": "各设区市医疗保障局",
    "blocks": [
        {"kind": "first", "text": "一、总体情况"}, {"kind": "second", "text": "（一）及时率"},
        {"kind": "text", "text": "本月及时率 98.2%。"},
        {"kind": "table", "columns": [{"label": "设区市"}, {"label": "及时率", "align": "right"}],
         "rows": [["甲市", "98.2%"], ["乙市", None]]},
    ],
    "notes": ["附件：1. 三率情况表"], "signed": ["某省医疗保障局"], "signed_on": "2026年11月22日",
    "imprint": {"copies": "某某局", "printer": "某某办公室", "day": "2026年11月22日"},
}  # fmt: skip


def opened(content: bytes) -> Any:
    return Document(io.BytesIO(content))


def test_bulletin_has_margins_grid_and_fonts_of_the_standard() -> None:
    document = opened(render_docx("core/red_head", BULLETIN))
    section = document.sections[0]
    margins = (section.top_margin, section.left_margin, section.right_margin, section.bottom_margin)
    assert [round(each / Mm(1)) for each in margins] == [37, 28, 26, 35]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "579")
    by_text = {each.text: each for each in document.paragraphs}
    assert by_text["本月及时率 98.2%。"].paragraph_format.line_spacing.pt == 28.95
    fonts = {
        text: by_text[text].runs[0]._r.rPr.rFonts.get(qn("w:eastAsia"))
        for text in ("关于三率情况的通报", "一、总体情况", "（一）及时率", "本月及时率 98.2%。")
    }
    assert list(fonts.values()) == ["方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312"]
    assert document.settings.odd_and_even_pages_header_footer is True


def test_table_has_its_rows_and_a_head_that_is_repeated() -> None:
    (table,) = opened(render_docx("core/red_head", BULLETIN)).tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["设区市", "及时率"], ["甲市", "98.2%"], ["乙市", ""],
    ]  # fmt: skip
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_agreement_holds_hostile_texts_as_they_are() -> None:
    content = agreement(parties=[{"label": "甲方", "name": text, "code": ""} for text in HOSTILE])
    printed = {each.text for each in opened(render_docx("core/official", content)).paragraphs}
    assert {f"甲方：{text}" for text in HOSTILE} <= printed


def test_the_same_content_is_the_same_file_and_its_parts_are_whole() -> None:
    first = render_docx("core/red_head", BULLETIN)
    assert render_docx("core/red_head", BULLETIN) == first
    assert zipfile.ZipFile(io.BytesIO(first)).testzip() is None


@pytest.mark.parametrize("text", ["\0", "\x0b", "\ud800"])
def test_what_no_file_can_hold_is_refused(text: str) -> None:
    with pytest.raises(PaperError, match="请删除后重试"):
        render_docx("core/red_head", {**BULLETIN, "title": text})


def test_other_templates_have_no_word_file() -> None:
    with pytest.raises(LookupError):
        render_docx("core/stamp", {})
