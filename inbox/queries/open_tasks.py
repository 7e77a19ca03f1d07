"""What waits for a person, soonest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet

from inbox.models import Task
from inbox.queries.visible import visible_tasks
from organisations.queries.scope import Scope


def open_tasks_of(scope: Scope) -> QuerySet[Task]:
    """Open tasks by their due time; those without one come last."""
    rows = visible_tasks(scope).filter(done_at__isnull=True)
    return rows.order_by(F("due_at").asc(nulls_last=True), "pk")


@dataclass(frozen=True)
class Waiting:
    """How many tasks are open and how many of them are past their due time."""

    open: int
    late: int


def waiting(scope: Scope, now: datetime) -> Waiting:
    """Both counts in one query."""
    counts = (
        visible_tasks(scope)
        .filter(done_at__isnull=True)
        .aggregate(open=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now)))
    )
    return Waiting(counts["open"], counts["late"])
