"""What waits for a person, soonest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Count, DateTimeField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from inbox.models import Task
from inbox.queries.act_words import ACT_WORDS
from inbox.queries.due_words import due_today
from inbox.queries.visible import visible_tasks
from organisations.queries.scope import Scope


def open_tasks_of(scope: Scope) -> QuerySet[Task]:
    """Open tasks by their due time; those without one come last."""
    rows = visible_tasks(scope).filter(done_at__isnull=True)
    return rows.order_by(F("due_at").asc(nulls_last=True), "pk")


def task_list(scope: Scope) -> QuerySet[Task]:
    """Open tasks with `due_order`, which is never empty: those without a due time come last."""
    last = Value(datetime.max.replace(tzinfo=UTC, year=9000), output_field=DateTimeField())
    return open_tasks_of(scope).annotate(due_order=Coalesce("due_at", last))


def act_options(scope: Scope) -> list[dict[str, str]]:
    """The kinds of act that wait for this person."""
    acts = open_tasks_of(scope).order_by("act").values_list("act", flat=True).distinct()
    return [{"value": act, "label": ACT_WORDS.get(act, "其他事项")} for act in acts]


@dataclass(frozen=True)
class Waiting:
    """How many tasks are open, how many of them are past their due time, and due today."""

    open: int
    late: int
    today: int


def waiting(scope: Scope, now: datetime) -> Waiting:
    """All counts in one query."""
    counts = (
        visible_tasks(scope)
        .filter(done_at__isnull=True)
        .aggregate(
            open=Count("pk"),
            late=Count("pk", filter=Q(due_at__lt=now)),
            today=Count("pk", filter=due_today(now)),
        )
    )
    return Waiting(counts["open"], counts["late"], counts["today"])
