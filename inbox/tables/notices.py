"""Columns of notices and tasks."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from core.lists.cell import Cell
from core.lists.columns import Column
from core.templatetags.formats import moment
from inbox.queries.due_words import Urgency, due_words, urgency


def _title(notice: Any) -> Cell:
    return Cell(notice.title, post=reverse("notice-open", args=[notice.pk]), sub=notice.body)


NOTICE_COLUMNS = (
    Column("title", "通知", lambda n: n.title, 60, fixed=True, shown=_title),
    Column(
        "at", "时间", lambda n: n.created_at, 18, sort=("created_at",),
        shown=lambda n: Cell(moment(n.created_at), nowrap=True, quiet=True),
    ),
    Column(
        "read", "状态", lambda n: "已读" if n.is_read else "未读", 8,
        shown=lambda n: Cell("已读", level="grey") if n.is_read else Cell("未读", level="blue"),
    ),
)  # fmt: skip

SEVERITIES = {"red": "红色", "orange": "橙色", "yellow": "黄色"}


def _severity(task: Any) -> Cell:
    words = SEVERITIES.get(task.severity, "")
    return Cell(words, level=task.severity, plain=False) if words else Cell("")


def _due(task: Any) -> Cell:
    now = timezone.now()
    words, how = due_words(task.due_at, now), urgency(task.due_at, now)
    level = {Urgency.LATE: "red", Urgency.TODAY: "orange"}.get(how, "")
    return Cell(words, level=level, plain=False, nowrap=True)


TASK_COLUMNS = (
    Column(
        "title", "待办", lambda t: t.title, 60, fixed=True,
        shown=lambda t: Cell(t.title, url=t.url),
    ),
    Column("severity", "级别", lambda t: SEVERITIES.get(t.severity, ""), 8, shown=_severity),
    Column(
        "since", "产生时间", lambda t: t.created_at, 18, sort=("created_at",),
        shown=lambda t: Cell(moment(t.created_at), nowrap=True, quiet=True),
    ),
    Column("due", "期限", lambda t: t.due_at, 18, sort=("due_order",), shown=_due),
)  # fmt: skip
