"""Workbooks of a hospital's list as tests fill them in."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import openpyxl

from catalog.operations.hospital_items.rows import COLUMNS

HEAD = [column.label for column in COLUMNS]


def workbook(rows: Sequence[Sequence[Any]], head: Sequence[Any] | None = None) -> bytes:
    """A sheet with the heading (the template's unless given) and these rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(HEAD if head is None else head))
    for row in rows:
        sheet.append(list(row))
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()
