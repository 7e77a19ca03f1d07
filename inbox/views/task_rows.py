"""A task as a line of a list: what, until when, whether it is late."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from inbox.models import Task
from inbox.queries.due_words import Urgency, due_words, urgency

ICONS = {"red": "alert-octagon", "orange": "alert-triangle", "yellow": "alert-circle"}


def task_rows(tasks: Iterable[Task], now: datetime) -> list[dict[str, Any]]:
    """Items of the to-do component."""
    return [
        {
            "label": task.title,
            "url": task.url,
            "icon": ICONS.get(task.severity, "list-check"),
            "due": due_words(task.due_at, now),
            "late": urgency(task.due_at, now) is Urgency.LATE,
            "today": urgency(task.due_at, now) is Urgency.TODAY,
        }
        for task in tasks
    ]
