"""Home: what waits, what is new, and where to go."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from inbox.queries.home import panels_for
from inbox.queries.notices import notices_of
from inbox.queries.open_tasks import open_tasks_of, waiting
from inbox.views.task_rows import task_rows
from organisations.queries.navigation import Entry, Group, entries_for
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedTemplateView

SHOWN_TASKS = 8
SHOWN_NOTICES = 6
SHOWN_SHORTCUTS = 5


class HomeView(ScopedTemplateView):
    """Everyone's first page; an administrator's has no tasks but the own pages."""

    template_name = "inbox/home.html"
    page_title = "首页"

    def exists_for(self, scope: Scope) -> bool:
        return True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        return super().get_context_data(
            waiting=waiting(self.scope, now),
            tasks=task_rows(open_tasks_of(self.scope)[:SHOWN_TASKS], now),
            notices=notices_of(self.scope)[:SHOWN_NOTICES],
            panels=panels_for(self.scope),
            shortcuts=_shortcuts(self.scope),
            **kwargs,
        )


def _shortcuts(scope: Scope) -> list[Entry]:
    """What this kind of person does most, then the first pages of the own menu."""
    own = [entry for entry in entries_for(scope) if entry.group is not Group.HOME]
    return sorted(own, key=lambda entry: not entry.often(scope))[:SHOWN_SHORTCUTS]
