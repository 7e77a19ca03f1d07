"""A task as a line of a list: what, until when, whether it is late."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from inbox.models import Task

ICONS = {"red": "alert-octagon", "orange": "alert-triangle", "yellow": "alert-circle"}


def task_rows(tasks: Iterable[Task], now: datetime) -> list[dict[str, Any]]:
    """Items of the to-do component."""
    return [
        {
            "label": task.title,
            "url": task.url,
            "icon": ICONS.get(task.severity, "list-check"),
            "due": due_words(task.due_at, now),
            "late": task.due_at is not None and task.due_at < now,
        }
        for task in tasks
    ]


def due_words(due_at: datetime | None, now: datetime) -> str:
    """The due time in words; a deadline at midnight ends the day before."""
    if due_at is None:
        return ""
    local = timezone.localtime(due_at)
    days = (now - due_at).days
    if local.time() == time.min:
        words = f"{local - timedelta(days=1):%Y-%m-%d} 前"
    else:
        words = f"{local:%Y-%m-%d %H:%M} 前"
    if due_at >= now:
        return words
    return f"{words}，已超期 {days} 天" if days else f"{words}，已超期"
