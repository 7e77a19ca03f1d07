"""Monitoring in the menu."""

from __future__ import annotations

from organisations.queries.navigation import Entry, Group, add

add(Entry(Group.MONITORING, 20, "预警", "warning-list", "alert-triangle"))
