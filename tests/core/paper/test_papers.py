"""Papers as PDF: the grid of GB/T 9704, data that is never code, the same bytes twice, limits in Chinese."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise
from typing import Any

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from core.paper import Paper, PaperError, Press, render_paper, render_pdf
from core.paper.errors import MissingGlyphs, PaperTooLarge, PaperTooSlow
from core.paper.fonts import unprintable
from tests.core.paper.reading import characters, pages

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
RULER = "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未"
HOSTILE = (
    '#eval("1+1")', "*粗* _斜_ $x^2$", "@ref <label>", "#include \"/config/safety.py\"",
    "\\u{41} \\", "`raw` ```", "#{panic()}", "// 注释 /* */", "]] ) }", "'; DROP TABLE", "= 标题",
)  # fmt: skip


def agreement(**more: Any) -> dict[str, Any]:
    return {
        "title": "三方协议",
        "number": "XY2026-000001",
        "digest": "0a" * 32,
        "parties": [{"label": "甲方", "name": "某县人民医院", "code": "H36"}],
        "blocks": [
            {"kind": "section", "text": "一、品种"},
            {
                "kind": "table",
                "columns": [{"label": "产品"}, {"label": "约定量（片）", "align": "right"}],
                "rows": [[f"产品{number}", "1,000"] for number in range(60)],
            },
        ],
        "signatures": [
            {"name": "institution", "label": "甲方", "organisation": "某县人民医院"},
            {"name": "manufacturer", "label": "乙方", "organisation": "某制药有限公司"},
        ],
        **more,
    }


def test_page_of_a_bulletin_has_22_lines_of_28_signs() -> None:
    pdf = render_pdf(
        "core/red_head", {"title": "试验", "blocks": [{"kind": "text", "text": RULER * 60}]}
    )
    lines = pages(pdf)[1].lines()
    # The page number stands below the 22 lines.
    body = [line for line in lines if line.size > 15]
    assert [len(line.codes) for line in body] == [28] * 22
    distances = {round(above.y - below.y, 2) for above, below in pairwise(body)}
    assert distances == {28.99}  # 225 mm / 22
    assert 79.2 < body[0].x < 79.5  # 28 mm


def test_page_numbers_stand_outside_right_on_odd_left_on_even_pages() -> None:
    pdf = render_pdf(
        "core/red_head", {"title": "试验", "blocks": [{"kind": "text", "text": RULER * 60}]}
    )
    numbers = [page.lines()[-1].x for page in pages(pdf)[:3]]
    assert numbers[0] > 400 and numbers[1] < 120
    assert numbers[2] > 400


@pytest.mark.parametrize("paragraphs", [1, 9, 14])
def test_imprint_stands_at_the_foot_of_the_last_page(paragraphs: int) -> None:
    content = {
        "title": "通知",
        "blocks": [{"kind": "text", "text": RULER * 2}] * paragraphs,
        "imprint": {"copies": "某某局", "printer": "某某办公室", "day": "2026年11月22日"},
    }
    last = pages(render_pdf("core/red_head", content))[-1]
    lowest = [line for line in last.lines() if line.y > 100][-1]
    # 35 mm of margin are 99 points.
    assert 99 < lowest.y < 112


def test_hostile_texts_are_printed_as_they_are() -> None:
    content = agreement(
        parties=[{"label": "甲方", "name": text, "code": text} for text in HOSTILE],
        title=HOSTILE[0],
    )
    printed = characters(render_pdf("core/official", content))
    for text in HOSTILE:
        assert re.sub(r"\s", "", text) in printed


def test_the_same_content_and_moment_give_the_same_bytes() -> None:
    first = render_pdf("core/official", agreement(), at=AT)
    assert render_pdf("core/official", agreement(), at=AT) == first
    assert render_pdf("core/official", agreement(number="XY2026-000002"), at=AT) != first


def test_head_of_a_table_is_repeated_on_every_page() -> None:
    found = pages(render_pdf("core/official", agreement()))
    assert ["约定量（片）" in page.text() for page in found] == [True, True]


def test_signature_boxes_have_names_and_places_on_the_page() -> None:
    paper = render_paper("core/official", agreement())
    assert [(box.name, box.page) for box in paper.boxes] == [
        ("institution", 2),
        ("manufacturer", 2),
    ]
    for box in paper.boxes:
        assert 60 < box.left < box.right < 535
        assert 60 < box.bottom < box.top < 800
        assert round(box.right - box.left) == 215  # 76 mm


def test_rare_signs_of_names_are_printed_and_those_without_a_glyph_refused() -> None:
    assert unprintable(["喆堃甪䶮㛃", "①ⅧＡ％～—…“”《》〔2026〕22号"]) == ""
    with pytest.raises(MissingGlyphs, match="U\\+31350"):
        render_pdf("core/official", agreement(title="人名\U00031350"))


@pytest.mark.parametrize("text", ["\0", "\ud800"])
def test_what_no_paper_can_hold_is_refused_with_a_way_out(text: str) -> None:
    with pytest.raises(PaperError, match="请删除后重试"):
        render_pdf("core/official", agreement(title=text))


def test_typesetting_has_a_time_and_a_memory_limit() -> None:
    with Press(seconds=0.001) as press, pytest.raises(PaperTooSlow, match="0.001 秒"):
        press.paper("core/official", agreement())
    with Press(memory_bytes=100 * 2**20) as press, pytest.raises(PaperTooLarge, match="内存"):
        press.paper("core/official", agreement())
    huge = agreement(parties=[{"label": "甲方", "name": "某" * 3_000_000}])
    with pytest.raises(PaperTooLarge, match="8 MB"):
        render_pdf("core/official", huge)


def test_one_press_sets_many_papers_and_goes_on_after_a_refusal() -> None:
    with Press() as press:
        first = press.paper("core/official", agreement())
        with pytest.raises(MissingGlyphs):
            press.paper("core/official", agreement(title="\U00031350"))
        assert press.paper("core/official", agreement()) == first


@pytest.mark.parametrize("name", ["core/none", "../config/x", "core/../official", "CORE/official"])
def test_only_papers_of_ours_are_set(name: str) -> None:
    with pytest.raises(LookupError):
        render_pdf(name, {})


def test_archival_copy_says_that_it_is_pdf_a() -> None:
    paper: Paper = render_paper("core/official", agreement(), at=AT, archival=True)
    reader = PdfFileReader(BytesIO(paper.pdf))
    metadata = reader.root["/Metadata"].data
    assert b"<pdfaid:part>2</pdfaid:part>" in metadata
