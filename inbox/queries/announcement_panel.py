"""公告 on the home page."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from inbox.queries.announcements import received
from inbox.queries.home import Panel, add_panel
from organisations.queries.scope import Scope

SHOWN = 5


def newest(scope: Scope) -> dict[str, Any] | None:
    """The newest in force, pinned first; no panel where there is none."""
    if not scope.is_business:
        return None
    rows = list(received(scope, timezone.localdate())[:SHOWN])
    return {"rows": rows} if rows else None


add_panel(Panel(order=90, template="inbox/_home_announcements.html", content=newest))
