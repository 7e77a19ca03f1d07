"""Columns of editions of the two published lists."""

from __future__ import annotations

from django.urls import reverse

from catalog.states.edition import EDITION_LEVELS
from core.lists.cell import Cell
from core.lists.columns import Column

EDITION_COLUMNS = (
    Column("number", "编号", lambda r: r.edition_no, 24, fixed=True,
           shown=lambda r: Cell(r.edition_no, nowrap=True,
                                url=reverse("edition", args=[r.edition_no]))),
    Column("kind", "名单", lambda r: r.get_kind_display(), 18, sort=("kind",)),
    Column("title", "标题", lambda r: r.title, 40),
    Column("state", "状态", lambda r: r.get_state_display(), 10, sort=("state",),
           shown=lambda r: Cell(r.get_state_display(), level=EDITION_LEVELS[r.state])),
    Column("effective", "生效日", lambda r: r.effective_from, 12, sort=("effective_from",)),
    Column("lines", "变化", lambda r: r.line_count, 8, numeric=True, unit="处"),
    Column("basis", "依据", lambda r: r.basis, 40, offered=False),
    Column("proposed", "提出时间", lambda r: r.proposed_at, 18, sort=("proposed_at", "pk")),
    Column("published", "发布时间", lambda r: r.published_at, 18, sort=("published_at",)),
)  # fmt: skip
