"""Monitoring in the menu."""

from __future__ import annotations

from organisations.queries.navigation import Entry, Group, add

add(Entry(Group.MONITORING, 10, "看板", "dashboard", "layout-dashboard"))
add(Entry(Group.MONITORING, 20, "预警", "warning-list", "alert-triangle"))
add(Entry(Group.MONITORING, 30, "监测指标", "indicator-list", "chart-line"))
