"""报量 in the menu."""

from __future__ import annotations

from organisations.queries.navigation import Entry, Group, add
from volumes.queries.visible import sees_reports

add(
    Entry(Group.VOLUMES, 10, "报量任务", "report-tasks", "clipboard-list", sees_reports),
    Entry(Group.VOLUMES, 20, "报量", "volume-reports", "list-check", sees_reports),
)
