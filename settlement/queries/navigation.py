"""Settlement in the menu."""

from __future__ import annotations

from organisations.queries.navigation import Entry, Group, add
from organisations.queries.scope import Scope


def sees_retention(scope: Scope) -> bool:
    """结余留用 is nothing of enterprises'."""
    return scope.is_business and scope.kind != "enterprise"


add(
    Entry(Group.SETTLEMENT, 50, "结余留用", "retention-runs", "wallet", sees_retention),
    Entry(
        Group.SETTLEMENT, 52, "结余留用测算说明", "retention-sheets", "file-text", sees_retention
    ),
    Entry(Group.SETTLEMENT, 54, "结余留用明细", "retention-rows", "list-check", sees_retention),
    Entry(Group.SETTLEMENT, 56, "年度考核", "year-assessments", "clipboard-check", sees_retention),
)
