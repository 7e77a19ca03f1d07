"""The whole list of what waits."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from inbox.models import Task
from inbox.queries.open_tasks import open_tasks_of, waiting
from inbox.views.task_rows import task_rows
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedListView


class TaskListView(ScopedListView):
    template_name = "inbox/task_list.html"
    page_title = "待办"

    def visible(self, scope: Scope) -> QuerySet[Task]:
        rows = open_tasks_of(scope)
        if self.request.GET.get("late") == "1":
            rows = rows.filter(due_at__lt=timezone.now())
        return rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        context = super().get_context_data(waiting=waiting(self.scope, now), **kwargs)
        context["tasks"] = task_rows(context["object_list"], now)
        return context
