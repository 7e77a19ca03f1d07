"""Put an act before an organisation, and take it away again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from core.operations import operation

STAGED_TASK = "staged_task"
BATCH = 1000
OPEN = """
INSERT INTO inbox_task (organisation_id, roles, act, title, object_type, object_key, url, severity,
                        due_at, created_at)
SELECT t.organisation_id, string_to_array(t.roles, ','), t.act, t.title, t.object_type, t.object_key,
       t.url, t.severity, t.due_at, %(at)s
FROM unnest(%(organisations)s::bigint[], %(roles)s::text[], %(acts)s::text[], %(titles)s::text[],
            %(types)s::text[], %(keys)s::text[], %(urls)s::text[], %(severities)s::text[],
            %(dues)s::timestamptz[])
     AS t (organisation_id, roles, act, title, object_type, object_key, url, severity, due_at)
ON CONFLICT DO NOTHING
"""


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
    with connection.cursor() as cursor:
        for start in range(0, len(tasks), BATCH):
            some = tasks[start : start + BATCH]
            cursor.execute(
                OPEN,
                {
                    "at": at, "organisations": [task.organisation_id for task in some],
                    "roles": [",".join(task.roles) for task in some],
                    "acts": [task.act for task in some],
                    "titles": [task.title[:300] for task in some],
                    "types": [task.object_type for task in some],
                    "keys": [task.object_key for task in some],
                    "urls": [task.url for task in some],
                    "severities": [task.severity for task in some],
                    "dues": [task.due_at for task in some],
                },
            )  # fmt: skip


@operation
def open_staged_tasks(*, at: datetime) -> int:
    """Open the tasks of the temporary table STAGED_TASK, as `open_tasks` does; returns how many.

    For senders that open tens of thousands: the table has the columns of NewTask.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO inbox_task (organisation_id, roles, act, title, object_type, object_key,
                                    url, severity, due_at, created_at)
            SELECT organisation_id, roles, act, left(title, 300), object_type, object_key,
                   url, severity, due_at, %s
            FROM {STAGED_TASK}
            ON CONFLICT DO NOTHING
            """,
            [at],
        )
        return int(cursor.rowcount)


@operation
def finish_tasks(*, object_type: str, object_keys: Sequence[str], at: datetime) -> int:
    """Finish every open task on these objects, whoever it waits for. Returns how many."""
    with connection.cursor() as cursor:
        # Joined: a month can end tens of thousands, and a list is searched for each row.
        cursor.execute(
            """
            UPDATE inbox_task t SET done_at = %s
            FROM (SELECT DISTINCT unnest(%s::text[]) AS object_key) ended
            WHERE t.object_type = %s AND t.object_key = ended.object_key AND t.done_at IS NULL
            """,
            [at, list(object_keys), object_type],
        )
        return int(cursor.rowcount)
