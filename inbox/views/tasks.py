"""The whole list of what waits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from inbox.filters import TaskFilter
from inbox.models import Task
from inbox.queries.due_words import is_late
from inbox.queries.open_tasks import act_options, task_list, waiting
from inbox.tables import TASK_COLUMNS
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView


class TaskListView(FilteredListView):
    """Soonest first."""

    template_name = "inbox/task_list.html"
    page_title = "待办"
    page_note = "按期限先后排列；点一下就到办理页"
    filterset_class = TaskFilter
    columns = TASK_COLUMNS
    default_sort = "due"
    keyset = ("due_order", "id")
    keyset_ascending = True
    route = "task-list"
    bar = ("late", "act")
    search_hint = "标题、编号"
    empty_title = "没有待办"
    empty_text = "需要本机构办理的事项会出现在这里。"

    def everything(self, scope: Scope) -> QuerySet[Task]:
        return task_list(scope)

    def row_late(self, row: Task) -> bool:
        return is_late(row.due_at, timezone.now())

    def filter_options(self) -> Mapping[str, list[dict[str, str]]]:
        return {"act": act_options(self.scope)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(waiting=waiting(self.scope, timezone.now()), **kwargs)
