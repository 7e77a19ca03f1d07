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


def _admin(scope: Scope) -> bool:
    return scope.is_business and scope.has_role("admin")


def _system(scope: Scope) -> bool:
    return scope.active and scope.platform_role == "system"


add(
    Entry(Group.HOME, 0, "首页", "home", "home", _everyone),
    Entry(Group.HOME, 1, "待办", "task-list", "list-check", count=_task_count),
    Entry(Group.HOME, 2, "通知", "notice-list", "bell", _everyone),
    Entry(Group.HOME, 3, "公告", "announcement-list", "flag"),
    Entry(Group.ORGANISATION, 25, "通知可达情况", "message-reach", "users", _admin),
    Entry(Group.PLATFORM, 15, "外发记录", "delivery-list", "history", _system),
    Entry(Group.ORGANISATION, 35, "回调地址", "webhook-list", "webhook", _admin),
)
