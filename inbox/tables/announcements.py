"""Columns of announcements and of who has read one."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column
from core.templatetags.formats import day, moment
from inbox.states import STATE_LEVELS


def _title(row: Any) -> Cell:
    marks = [row.code]
    marks += ["置顶"] if row.is_pinned else []
    marks += ["向社会公开"] if row.is_public else []
    marks += ["更正版"] if row.version_no > 1 else []
    return Cell(row.title, url=reverse("announcement", args=[row.code]), sub=" · ".join(marks))


def _published(row: Any) -> Cell:
    until = f"有效至 {day(row.valid_until)}" if row.valid_until else ""
    if row.published_at is None:
        return Cell("未发布", quiet=True, sub=until)
    return Cell(moment(row.published_at), nowrap=True, sub=until)


def _standing(row: Any) -> tuple[str, str]:
    """What it is for the reader: read or not while in force, else its state."""
    if row.shows_state or row.state != "published":
        return str(row.get_state_display()), STATE_LEVELS[row.state]
    if row.is_read:
        return "已读", "grey"
    return ("未读，须回执" if row.needs_receipt else "未读"), "blue"


ANNOUNCEMENT_COLUMNS = (
    Column("title", "标题", lambda r: r.title, 50, sort=("title",), fixed=True, shown=_title),
    Column("code", "编号", lambda r: r.code, 18, sort=("code",), offered=False),
    Column("category", "类别", lambda r: r.get_category_display(), 12, sort=("category",)),
    Column(
        "publisher", "发布单位", lambda r: r.organisation.name, 30, sort=("organisation__code",)
    ),
    Column(
        "published", "发布时间", lambda r: r.published_at, 18, sort=("pinned_now", "published_at"),
        shown=_published,
    ),
    Column("until", "有效期至", lambda r: r.valid_until, 12, sort=("valid_until",), offered=False),
    Column(
        "standing", "状态", lambda r: _standing(r)[0], 12,
        shown=lambda r: Cell(_standing(r)[0], level=_standing(r)[1]),
    ),
)  # fmt: skip


def _read(row: Any) -> Cell:
    if row.first_read_at is None:
        return Cell("未读", level="orange", plain=False)
    return Cell(moment(row.first_read_at), nowrap=True)


READER_COLUMNS = (
    Column(
        "organisation", "单位", lambda r: r.organisation.name, 36, sort=("organisation__name",),
        fixed=True,
    ),
    Column("code", "编码", lambda r: r.organisation.code, 18, sort=("organisation__code",)),
    Column("kind", "类别", lambda r: r.organisation.get_kind_display(), 14,
           sort=("organisation__kind", "organisation__code")),
    Column(
        "region", "地区", lambda r: r.organisation.region.name if r.organisation.region else "", 14,
        sort=("organisation__region__code", "organisation__code"),
    ),
    Column("read", "首次阅读", lambda r: r.first_read_at, 18, sort=("first_read_at",), shown=_read),
    Column("reader", "阅读人", lambda r: r.first_reader or "", 12),
)  # fmt: skip
