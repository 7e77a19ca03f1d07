"""Columns of the list of imports; its Excel file has the same."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column
from core.templatetags.formats import file_size, moment
from interchange.queries.import_page import ImportRow


def _number(row: ImportRow) -> Cell:
    number = row.row.import_no
    return Cell(number, url=reverse("import-detail", args=[number]), nowrap=True)


def _step(name: str, at: datetime | None) -> Cell:
    return Cell(name or "—", sub=moment(at) if at else "", nowrap=True)


IMPORT_COLUMNS = (
    Column(
        "number", "导入编号", lambda r: r.row.import_no, 20, sort=("import_no",), fixed=True,
        shown=_number,
    ),
    Column("state", "状态", lambda r: r.label, 10, shown=lambda r: Cell(r.label, level=r.level)),
    Column("files", "文件", lambda r: r.row.title, 40),
    Column(
        "size", "大小", lambda r: r.row.size_bytes, 14, numeric=True, unit="字节",
        sort=("size_bytes",), shown=lambda r: Cell(file_size(r.row.size_bytes)),
    ),
    Column("outcome", "结果", lambda r: r.outcome, 40, shown=lambda r: Cell(r.outcome or "—")),
    Column(
        "uploaded", "上传", lambda r: r.row.uploaded_at, 18, sort=("uploaded_at",),
        shown=lambda r: _step(r.row.uploaded_by_name, r.row.uploaded_at),
    ),
    Column("uploader", "上传人", lambda r: r.row.uploaded_by_name, 14, offered=False),
    Column(
        "confirmed", "确认", lambda r: r.row.confirmed_at, 18, sort=("confirmed_at",),
        shown=lambda r: _step(r.row.confirmed_by_name, r.row.confirmed_at),
    ),
    Column("confirmer", "确认人", lambda r: r.row.confirmed_by_name, 14, offered=False),
)  # fmt: skip
