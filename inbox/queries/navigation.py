"""Home, tasks and notices in the menu."""

from __future__ import annotations

from django.utils import timezone

from inbox.queries.open_tasks import waiting
from organisations.queries.navigation import Entry, Group, add
from organisations.queries.scope import Scope


def _everyone(scope: Scope) -> bool:
    return scope.active


def _task_count(scope: Scope) -> tuple[int, bool]:
    counts = waiting(scope, timezone.now())
    return counts.open, counts.late > 0


add(
    Entry(Group.HOME, 0, "首页", "home", "home", _everyone),
    Entry(Group.HOME, 1, "待办", "task-list", "list-check", count=_task_count),
    Entry(Group.HOME, 2, "通知", "notice-list", "bell", _everyone),
    Entry(Group.HOME, 3, "公告", "announcement-list", "flag"),
)
