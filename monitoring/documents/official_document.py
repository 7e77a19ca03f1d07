"""公文 of monitoring (通报, letters): one content, printed as PDF and as Word in the layout of GB/T 9704.

    paper = OfficialDocument(
        issuer="某省医疗保障局", number="某医保通报〔2026〕3号", title="关于……的通报",
        to="各设区市医疗保障局", blocks=(first("一、总体情况"), text("……"), table(columns, rows)),
        signed=("某省医疗保障局",), signed_on=date(2026, 11, 5),
    )
    pdf, docx = paper.pdf(at=at), paper.docx()

The page is `core/red_head`: red head, 发文字号 over the red line, 22 lines of 28 signs, room for
the seal over the date, page numbers outside, 版记 last. The same content and moment give the
same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.paper import render_docx, render_pdf

TEMPLATE = "core/red_head"
Block = Mapping[str, Any]


def first(words: str) -> Block:
    """A heading of the first rank, in 黑体: “一、……”."""
    return {"kind": "first", "text": words}


def second(words: str) -> Block:
    """A heading of the second rank, in 楷体: “（一）……”."""
    return {"kind": "second", "text": words}


def text(words: str) -> Block:
    """A paragraph in 仿宋, two signs in."""
    return {"kind": "text", "text": words}


def table(columns: Sequence[Mapping[str, Any]], rows: Sequence[Sequence[str]]) -> Block:
    """Columns are {label, width (share of the width), align left|right|center}; rows are texts."""
    return {
        "kind": "table",
        "columns": [dict(each) for each in columns],
        "rows": [list(each) for each in rows],
    }


def day_words(day: date) -> str:
    """成文日期 in figures, months and days without a leading nought (GB/T 9704 7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"


@dataclass(frozen=True)
class OfficialDocument:
    """One 公文. An empty `issuer` leaves the red head away (a letter's draft, an annex)."""

    issuer: str
    number: str
    title: str
    to: str
    blocks: tuple[Block, ...]
    signed: tuple[str, ...]
    signed_on: date | None = None
    notes: tuple[str, ...] = ()
    copies: str = ""
    printer: str = ""

    def content(self) -> dict[str, Any]:
        """As plain data, which is what a digest is taken of."""
        day = day_words(self.signed_on) if self.signed_on else ""
        return {
            "issuer": f"{self.issuer}文件" if self.issuer else "",
            "number": self.number,
            "title": self.title,
            "to": self.to,
            "blocks": [dict(each) for each in self.blocks],
            "notes": list(self.notes),
            "signed": list(self.signed),
            "signed_on": day,
            "imprint": {"copies": self.copies, "printer": self.printer, "day": day}
            if self.printer
            else None,
        }

    def pdf(self, *, at: datetime | None = None) -> bytes:
        """The paper as PDF; `at` is the file's own date. Raises PaperError in Chinese."""
        return render_pdf(TEMPLATE, self.content(), at=at)

    def docx(self) -> bytes:
        """The paper as Word file, for those who go on writing. Raises PaperError in Chinese."""
        return render_docx(TEMPLATE, self.content())
