"""Columns of the lists of applications, of what is published, and of registrations."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from catalog.queries.application_rows import ApplicationRow
from core.lists.cell import Cell
from core.lists.columns import Column


def _number(row: ApplicationRow) -> Cell:
    no = row.application.application_no
    return Cell(no, url=reverse("application-detail", args=[no]), nowrap=True)


def _public(row: ApplicationRow) -> Cell:
    no = row.application.application_no
    return Cell(row.application.title, url=reverse("publicity-detail", args=[no]))


def _due(row: ApplicationRow) -> Cell:
    words = f"{row.due_on:%Y-%m-%d}" if row.due_on else ""
    words += "（暂定）" if row.application.due_provisional and words else ""
    return Cell(words, late=row.late, nowrap=True)


APPLICATION_COLUMNS = (
    Column("number", "申请编号", lambda r: r.application.application_no, 18, fixed=True,
           sort=("pk",), shown=_number),
    Column("kind", "类别", lambda r: r.application.get_kind_display(), 24),
    Column("title", "产品", lambda r: r.application.title, 34, sort=("title",)),
    Column("organisation", "申请企业", lambda r: r.application.organisation.name, 30,
           sort=("organisation__name",)),
    Column("state", "状态", lambda r: r.state, 14, sort=("state",),
           shown=lambda r: Cell(r.state, level=r.level)),
    Column("holder", "现在由谁办", lambda r: r.holder, 28),
    Column("since", "本环节自", lambda r: r.application.held_since, 18, sort=("held_since",),
           offered=False),
    Column("due", "办理期限", lambda r: r.due_on, 12, sort=("due_on",), shown=_due),
    Column("submitted", "提交时间", lambda r: r.application.submitted_at, 18,
           sort=("submitted_at",)),
    Column("effective", "生效日期", lambda r: r.application.effective_on, 12,
           sort=("effective_on",), offered=False),
)  # fmt: skip

PUBLICITY_COLUMNS = (
    Column("title", "产品", lambda r: r.application.title, 36, fixed=True, sort=("title",),
           shown=_public),
    Column("kind", "类别", lambda r: r.application.get_kind_display(), 24),
    Column("organisation", "申请企业", lambda r: r.application.organisation.name, 30),
    Column("from", "公示自", lambda r: r.application.publicity_from, 12,
           sort=("publicity_from", "pk")),
    Column("to", "公示至", lambda r: r.application.publicity_to, 12, sort=("publicity_to", "pk")),
    Column("state", "状态", lambda r: r.state, 14, shown=lambda r: Cell(r.state, level=r.level)),
    Column("effective", "生效日期", lambda r: r.application.effective_on, 12,
           sort=("effective_on",)),
)  # fmt: skip


def _registration(row: Any) -> Cell:
    return Cell(row.number, url=reverse("registration-paper", args=[row.number]), nowrap=True)


def _expiry(row: Any) -> Cell:
    if row.expires_on is None:
        return Cell("—")
    days = row.left_days.days
    words = "已到期" if days <= 0 else f"还有 {days} 天"
    return Cell(f"{row.expires_on:%Y-%m-%d}", sub=words, late=days <= 0, nowrap=True)


REGISTRATION_COLUMNS = (
    Column("number", "注册证号", lambda r: r.number, 26, fixed=True, sort=("number",),
           shown=_registration),
    Column("kind", "种类", lambda r: r.get_kind_display(), 16),
    Column("manufacturer", "生产企业", lambda r: r.manufacturer.name, 32,
           sort=("manufacturer__name",)),
    Column("holder", "注册人/持有人", lambda r: r.holder, 28, offered=False),
    Column("issued", "批准日期", lambda r: r.issued_on, 12, sort=("issued_on",)),
    Column("expires", "有效期至", lambda r: r.expires_on, 14, sort=("expires_on", "pk"),
           shown=_expiry),
    Column("products", "涵盖产品", lambda r: r.product_count, 10, numeric=True,
           sort=("product_count",)),
)  # fmt: skip
