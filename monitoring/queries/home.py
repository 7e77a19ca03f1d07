"""Warnings on the home page."""

from __future__ import annotations

from typing import Any

from django.db.models import Count

from inbox.queries.home import Panel, add_panel
from monitoring.models import Warning
from monitoring.queries.visible import visible_warnings
from monitoring.queries.warning_rows import warning_rows
from monitoring.states import OPEN_STATES
from organisations.queries.scope import Scope

SHOWN = 6


def open_warnings(scope: Scope) -> dict[str, Any] | None:
    """How many open warnings one sees by severity, and the newest red ones first."""
    if not scope.is_business:
        return None
    rows = visible_warnings(scope).filter(state__in=OPEN_STATES)
    counts = dict(rows.order_by().values_list("severity").annotate(number=Count("pk")))
    if not counts:
        return None
    newest: list[Warning] = []
    for severity in ("red", "orange", "yellow"):
        if counts.get(severity) and len(newest) < SHOWN:
            found = rows.filter(severity=severity).order_by("-last_month", "-id")
            newest += list(found[: SHOWN - len(newest)])
    return {
        "counts": [
            (severity, str(Warning.Severity(severity).label), counts.get(severity, 0))
            for severity in ("red", "orange", "yellow")
        ],
        "total": sum(counts.values()),
        "rows": warning_rows(newest),
    }


add_panel(Panel(order=10, template="monitoring/_home_warnings.html", content=open_warnings))
