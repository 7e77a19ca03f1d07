"""The catalogue in the menu."""

from __future__ import annotations

from organisations.queries.navigation import Entry, Group, add

add(
    Entry(Group.CATALOG, 10, "采购批次", "batch-list", "stack-2"),
    Entry(Group.CATALOG, 20, "品种", "group-list", "list-check"),
    Entry(Group.CATALOG, 30, "产品目录", "product-list", "pill"),
)
