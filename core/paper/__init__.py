"""Official paper: PDF from a Typst template and content that is data, never code.

    from core.paper import render_pdf
    pdf = render_pdf("core/official", {"title": "配送关系确认表", "tables": [...], "signatures": [...]})

The words of `core/official` are in `core/paper/documents/official.typ`; an app's own template is
`<app>/documents/<name>.typ` and may begin with `#import "/core/paper/layouts/official.typ": *`.
"""

from collections.abc import Mapping
from typing import Any

from core.paper.errors import PaperError
from core.paper.press import Box, Paper, Press, one_press, render_paper, render_pdf

__all__ = [
    "Box",
    "Paper",
    "PaperError",
    "Press",
    "one_press",
    "render_docx",
    "render_paper",
    "render_pdf",
]


def render_docx(template: str, content: Mapping[str, Any]) -> bytes:
    """The same content as a Word file, as `core.paper.word.render_docx` says."""
    # Deferred: python-docx takes a twentieth of a process's start, and one page needs it.
    from core.paper import word

    return word.render_docx(template, content)
