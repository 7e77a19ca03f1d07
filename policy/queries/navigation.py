"""Policies and the calendar in the menu."""

from __future__ import annotations

from organisations.queries.navigation import Entry, Group, add

add(
    Entry(Group.BATCHES, 40, "政策与参数", "policy-list", "gavel"),
    Entry(Group.BATCHES, 50, "工作日历", "calendar-list", "calendar"),
)
