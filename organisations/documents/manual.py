"""A page of the handbook as a Word file that offices can hand out; plain paragraphs and headings."""

from __future__ import annotations

import io
import re
import zipfile
from xml.sax.saxutils import escape

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
_RELATIONS = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"""
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_MARKS = re.compile(r"\*\*|`")
SIZES = {1: 36, 2: 30, 3: 26}
BODY_SIZE = 22
"""Half points."""


def manual_docx(markdown: str) -> bytes:
    """The file; the same text always gives the same bytes."""
    buffer = io.BytesIO()
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELATIONS,
        "word/document.xml": _document(markdown),
    }
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in parts.items():
            book.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), text)
    return buffer.getvalue()


def _document(markdown: str) -> str:
    paragraphs = "".join(_paragraph(text, level) for text, level in _blocks(markdown))
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<w:document xmlns:w="{WORD}"><w:body>{paragraphs}</w:body></w:document>'
    )


def _blocks(markdown: str) -> list[tuple[str, int]]:
    """Headings with their level; other lines joined to paragraphs, each item of a list its own."""
    found: list[tuple[str, int]] = []
    text = ""
    for line in [*markdown.splitlines(), ""]:
        heading = re.match(r"(#{1,3})\s+(.*)", line)
        starts = heading or not line.strip() or re.match(r"\s*([-*]|\d+\.)\s", line)
        if starts and text:
            found.append((text, 0))
            text = ""
        if heading:
            found.append((_plain(heading[2]), len(heading[1])))
        else:
            text += _plain(line.strip())
    return found


def _plain(text: str) -> str:
    return _MARKS.sub("", _LINK.sub(r"\1", text))


def _paragraph(text: str, level: int) -> str:
    size = SIZES.get(level, BODY_SIZE)
    bold = "<w:b/>" if level else ""
    look = f'{bold}<w:sz w:val="{size}"/>'
    return (
        '<w:p><w:pPr><w:spacing w:after="120" w:line="360" w:lineRule="auto"/></w:pPr>'
        f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'
    )
