"""Imports in the menu."""

from __future__ import annotations

from organisations.queries.navigation import Entry, Group, add

add(
    Entry(
        Group.DATA, 10, "数据导入", "import-list", "upload",
        shown_to=lambda scope: scope.is_province_bureau,
    )
)  # fmt: skip
