"""Put an act before an organisation, and take it away again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.operations import operation
from inbox.models import Task


@dataclass(frozen=True)
class NewTask:
    """One act that will wait: whose, on which object, until when."""

    organisation_id: int
    act: str
    title: str
    object_type: str
    object_key: str
    url: str
    severity: str = ""
    due_at: datetime | None = None
    roles: tuple[str, ...] = ()


@operation
def open_tasks(*, tasks: Sequence[NewTask], at: datetime) -> None:
    """Open these tasks; one that is open already for the same object and act is left as it is.

    One statement per thousand, whatever their number.
    """
    rows = [
        Task(
            organisation_id=task.organisation_id,
            act=task.act,
            title=task.title[:300],
            object_type=task.object_type,
            object_key=task.object_key,
            url=task.url,
            severity=task.severity,
            due_at=task.due_at,
            roles=list(task.roles),
            created_at=at,
        )
        for task in tasks
    ]
    Task.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)


@operation
def finish_tasks(*, object_type: str, object_keys: Sequence[str], at: datetime) -> int:
    """Finish every open task on these objects, whoever it waits for. Returns how many."""
    return Task.objects.filter(
        object_type=object_type, object_key__in=list(object_keys), done_at__isnull=True
    ).update(done_at=at)
