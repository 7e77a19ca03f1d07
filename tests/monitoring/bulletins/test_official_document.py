"""One content, two files; the same content gives the same bytes."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

from docx import Document

from monitoring.documents.official_document import OfficialDocument, first, table, text

PAPER = OfficialDocument(
    issuer="某省医疗保障局", number="某医保通报〔2026〕3号", title="关于执行情况的通报",
    to="各设区市医疗保障局", blocks=(
        first("一、总体情况"), text("完成率 98.2%。"),
        table([{"label": "设区市"}, {"label": "完成率", "align": "right"}], [["甲市", "98.2%"]]),
    ),
    signed=("某省医疗保障局",), signed_on=date(2026, 3, 5), printer="某省医疗保障局办公室",
)  # fmt: skip
AT = datetime(2026, 3, 5, 1, tzinfo=UTC)


def test_same_content_gives_the_same_bytes() -> None:
    assert PAPER.pdf(at=AT) == PAPER.pdf(at=AT)
    assert PAPER.docx() == PAPER.docx()


def test_word_file_has_head_number_title_and_day() -> None:
    words = [each.text for each in Document(io.BytesIO(PAPER.docx())).paragraphs if each.text]
    assert words[:4] == [
        "某省医疗保障局文件", "某医保通报〔2026〕3号", "关于执行情况的通报", "各设区市医疗保障局：",
    ]  # fmt: skip
    assert "2026年3月5日" in words


def test_without_issuer_there_is_no_head_and_without_printer_no_imprint() -> None:
    plain = OfficialDocument("", "", "附件", "", (text("甲"),), ())
    assert (plain.content()["issuer"], plain.content()["imprint"]) == ("", None)
