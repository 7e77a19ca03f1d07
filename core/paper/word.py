"""The same content as a Word file: for those who go on writing, never for signing."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from docx import Document
from docx.document import Document as Doc
from docx.enum.section import WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph

from core.paper.errors import PaperError

# GB/T 9704: 22 lines in 225 mm; a hair of condensing makes 28 signs of 16 pt fit 156 mm.
LINE = Pt(28.95)
BODY = Pt(16)
CONDENSED = "-5"  # twentieths of a point
RED = RGBColor(0xD7, 0x00, 0x0F)
FANGSONG, XIAOBIAOSONG, HEI, KAI = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def render_docx(template: str, content: Mapping[str, Any]) -> bytes:
    """One paper as Word file from the content that `render_pdf` takes for the same template.

    Knows `core/official` and `core/red_head`; LookupError for another. It names the official fonts
    without carrying them. The same content gives the same bytes. Raises PaperError in Chinese.
    """
    make = _MAKERS.get(template)
    if make is None:
        raise LookupError(f"{template!r} has no Word file; those are {', '.join(_MAKERS)}")
    _refuse_unprintable(content)
    document = Document()
    make(document, content)
    return _packed(document)


def _red_head(document: Doc, content: Mapping[str, Any]) -> None:
    _page(document, top=37, left=28, right=26, bottom=35)
    _page_numbers(document)
    if content.get("issuer"):
        _line(document, "", count=2)
        head = _line(document, content["issuer"], font=XIAOBIAOSONG, size=Pt(42), align="center")
        head.runs[0].font.color.rgb = RED
        head.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        _line(document, "", count=2)
        number = _line(document, content.get("number", ""), align="center")
        _border(number, "bottom", "D7000F", 12)
        _line(document, "", count=2)
    title = _line(document, content["title"], font=XIAOBIAOSONG, size=Pt(22), align="center")
    title.paragraph_format.line_spacing = Pt(35)
    _line(document, "")
    if content.get("to"):
        _line(document, f"{content['to']}：")
    for block in content.get("blocks", ()):
        _block(document, block)
    if content.get("notes"):
        _line(document, "")
        for note in content["notes"]:
            _indented(document, note)
    if content.get("signed"):
        _line(document, "", count=2)
        for each in content["signed"]:
            _line(document, each, align="right").paragraph_format.right_indent = BODY * 2
        on = _line(document, content.get("signed_on", ""), align="right")
        on.paragraph_format.right_indent = BODY * 4
    if content.get("imprint"):
        _imprint(document, content["imprint"])


def _official(document: Doc, content: Mapping[str, Any]) -> None:
    _page(document, top=28, left=26, right=24, bottom=26)
    _line(document, content["title"], font=XIAOBIAOSONG, size=Pt(20), align="center")
    if content.get("number"):
        _line(document, f"编号：{content['number']}", size=Pt(12), align="center")
    for party in content.get("parties", ()):
        code = f"（{party['code']}）" if party.get("code") else ""
        _line(document, f"{party['label']}：{party['name']}{code}{party.get('note', '')}")
    for block in content.get("blocks", ()):
        _block(document, block)
    for each in content.get("signatures", ()):
        _line(document, "")
        _line(document, f"{each['label']}：{each.get('organisation', '')}")
        _line(document, "签名（盖章）：　　　　　　　　　　日期：")
    if content.get("digest"):
        _line(document, f"内容摘要 SHA-256：{content['digest']}", size=Pt(8))


_MAKERS: dict[str, Callable[[Doc, Mapping[str, Any]], None]] = {
    "core/official": _official,
    "core/red_head": _red_head,
}


def _block(document: Doc, block: Mapping[str, Any]) -> None:
    kind = block["kind"]
    if kind == "table":
        _table(document, block["columns"], block["rows"])
    elif kind in ("first", "section"):
        _indented(document, block["text"], font=HEI)
    elif kind == "second":
        _indented(document, block["text"], font=KAI)
    else:
        _indented(document, block["text"])


def _line(
    document: Doc,
    text: str,
    *,
    font: str = FANGSONG,
    size: Pt = BODY,
    align: str = "both",
    count: int = 1,
) -> Paragraph:
    """A paragraph on the grid; `count` empty ones before it come from `text` being empty."""
    for _ in range(count - 1):
        _line(document, "")
    paragraph = document.add_paragraph()
    form = paragraph.paragraph_format
    form.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    form.line_spacing = LINE
    form.space_before = form.space_after = Pt(0)
    form.widow_control = False
    paragraph.alignment = {
        "both": WD_ALIGN_PARAGRAPH.JUSTIFY,
        "center": WD_ALIGN_PARAGRAPH.CENTER,
        "right": WD_ALIGN_PARAGRAPH.RIGHT,
    }[align]
    _run(paragraph, text, font=font, size=size)
    return paragraph


def _indented(document: Doc, text: str, *, font: str = FANGSONG) -> Paragraph:
    """Two signs in, whatever their size."""
    paragraph = _line(document, text, font=font)
    paragraph.paragraph_format.first_line_indent = BODY * 2
    paragraph._p.get_or_add_pPr().get_or_add_ind().set(qn("w:firstLineChars"), "200")
    return paragraph


def _run(paragraph: Paragraph, text: str, *, font: str, size: Pt) -> None:
    run = paragraph.add_run(text)
    run.font.size = size
    run.font.name = font
    properties = run._r.get_or_add_rPr()
    properties.get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if size == BODY:
        spacing = OxmlElement("w:spacing")
        spacing.set(qn("w:val"), CONDENSED)
        # Word reads the parts of a run's form in one order only.
        properties.find(qn("w:sz")).addprevious(spacing)


def _table(
    document: Doc, columns: Sequence[Mapping[str, Any]], rows: Sequence[Sequence[str | None]]
) -> None:
    table: Table = document.add_table(rows=1, cols=len(columns), style="Table Grid")
    for cell, column in zip(table.rows[0].cells, columns, strict=True):
        _fill(cell.paragraphs[0], column["label"], HEI, "center")
    repeat = OxmlElement("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeat)
    for row in rows:
        cells = table.add_row().cells
        for cell, text, column in zip(cells, row, columns, strict=True):
            _fill(cell.paragraphs[0], text or "", FANGSONG, column.get("align", "left"))


def _fill(paragraph: Paragraph, text: str, font: str, align: str) -> None:
    _run(paragraph, text, font=font, size=Pt(12))
    paragraph.alignment = {
        "left": WD_ALIGN_PARAGRAPH.LEFT,
        "center": WD_ALIGN_PARAGRAPH.CENTER,
        "right": WD_ALIGN_PARAGRAPH.RIGHT,
    }[align]


def _imprint(document: Doc, imprint: Mapping[str, str]) -> None:
    _line(document, "")
    if imprint.get("copies"):
        copies = _line(document, f"　抄送：{imprint['copies']}。", size=Pt(14))
        _border(copies, "top", "000000", 8)
    made = _line(document, f"　{imprint['printer']}　　{imprint['day']} 印发", size=Pt(14))
    _border(made, "top", "000000", 6)
    _border(made, "bottom", "000000", 8)


def _border(paragraph: Paragraph, side: str, colour: str, eighths: int) -> None:
    properties = paragraph._p.get_or_add_pPr()
    borders = properties.find(qn("w:pBdr"))
    if borders is None:
        borders = OxmlElement("w:pBdr")
        properties.insert_element_before(borders, "w:shd", "w:spacing", "w:ind", "w:jc")
    edge = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(eighths)), ("space", "4"), ("color", colour)):
        edge.set(qn(f"w:{name}"), value)
    borders.append(edge)


def _page(document: Doc, *, top: int, left: int, right: int, bottom: int) -> None:
    section = document.sections[0]
    section.start_type = WD_SECTION.NEW_PAGE
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(top), Mm(bottom)
    section.left_margin, section.right_margin = Mm(left), Mm(right)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), "579")
    found = section._sectPr.find(qn("w:docGrid"))
    if found is not None:
        section._sectPr.remove(found)
    section._sectPr.append(grid)


def _page_numbers(document: Doc) -> None:
    """Right on odd pages, left on even ones, one sign from the edge."""
    section = document.sections[0]
    document.settings.odd_and_even_pages_header_footer = True
    section.footer_distance = Mm(25)
    for footer, align in ((section.footer, "right"), (section.even_page_footer, "left")):
        paragraph = footer.paragraphs[0]
        _fill(paragraph, "— ", FANGSONG, align)
        for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
            run = paragraph.add_run()
            run.font.size = Pt(14)
            part = OxmlElement("w:instrText" if text else "w:fldChar")
            if text:
                part.text = text
            else:
                part.set(qn("w:fldCharType"), kind)
            run._r.append(part)
        _run(paragraph, " —", font=FANGSONG, size=Pt(14))
        form = paragraph.paragraph_format
        form.left_indent = form.right_indent = Pt(14)


def _refuse_unprintable(value: Any) -> None:
    if isinstance(value, str) and _FORBIDDEN.search(value):
        raise PaperError("文字中有无法打印的字符（控制字符或不完整的字符），请删除后重试")
    if isinstance(value, Mapping):
        for each in value.values():
            _refuse_unprintable(each)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for each in value:
            _refuse_unprintable(each)


def _packed(document: Doc) -> bytes:
    """The file with every part dated alike, so that the same content is the same file."""
    made = io.BytesIO()
    document.save(made)
    packed = io.BytesIO()
    with zipfile.ZipFile(made) as parts, zipfile.ZipFile(packed, "w") as out:
        for name in parts.namelist():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(entry, parts.read(name))
    return packed.getvalue()
