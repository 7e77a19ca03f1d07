"""报量 in the menu."""

from __future__ import annotations

from organisations.queries.navigation import Entry, Group, add
from organisations.queries.scope import Scope
from volumes.queries.visible import sees_reports


def _reviews(scope: Scope) -> bool:
    """Authorities and agencies of a region; units read their own reports."""
    return sees_reports(scope) and scope.kind != "institution"


def _watches(scope: Scope) -> bool:
    return scope.is_region_authority


add(
    Entry(Group.VOLUMES, 10, "报量任务", "report-tasks", "clipboard-list", sees_reports),
    Entry(Group.VOLUMES, 20, "报量", "volume-reports", "list-check", sees_reports),
    Entry(Group.VOLUMES, 30, "报量审核", "report-reviews", "clipboard-check", _reviews),
    Entry(Group.VOLUMES, 40, "少报、不报", "report-shortfalls", "alert-triangle", _watches),
    Entry(Group.VOLUMES, 50, "约定采购量", "agreed-rounds", "clipboard-list"),
    Entry(Group.VOLUMES, 60, "一品两规", "second-products", "list-check", sees_reports),
)
