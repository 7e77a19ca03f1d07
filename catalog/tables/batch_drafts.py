"""Columns of the list of drafts."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from core.lists.cell import Cell
from core.lists.columns import Column

DRAFT_COLUMNS = (
    Column(
        "number", "编号", lambda r: r.draft.draft_no, 16, fixed=True,
        shown=lambda r: Cell(r.draft.draft_no, url=reverse("batch-draft", args=[r.draft.draft_no])),
    ),
    Column("state", "状态", lambda r: r.label, 18, shown=lambda r: Cell(r.label, level=r.level)),
    Column("code", "批次代码", lambda r: r.draft.code, 18, sort=("code",)),
    Column("name", "批次名称", lambda r: r.draft.name, 40, sort=("name",), fixed=True),
    Column("source", "来源", lambda r: r.draft.source, 28),
    Column("made_by", "建立人", lambda r: r.draft.made_by_name, 12),
    Column("made_at", "建立时间", lambda r: timezone.localtime(r.draft.made_at), 18, sort=("made_at",)),
    Column("submitted", "提交人", lambda r: r.draft.submitted_by_name, 12),
    Column("published", "发布人", lambda r: r.draft.published_by_name, 12),
)  # fmt: skip
