"""Move the due time of acts that wait, when the calendar that it was counted in has changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from psycopg2.extras import execute_values

from core.operations import operation


@operation
def move_due(
    *, object_type: str, act: str, due: Sequence[tuple[str, datetime]]
) -> list[tuple[int, str]]:
    """Set the due time of the open tasks of `act` on these objects (key, time).

    Gives (organisation, object key) of each task that was moved; one that is right already is not.
    """
    if not due:
        return []
    with connection.cursor() as cursor:
        return list(
            execute_values(
                cursor.cursor,
                "UPDATE inbox_task t SET due_at = d.due_at"
                " FROM (VALUES %s) AS d(object_type, act, object_key, due_at)"
                " WHERE t.object_key = d.object_key AND t.done_at IS NULL"
                " AND t.due_at IS DISTINCT FROM d.due_at"
                " AND (t.object_type, t.act) = (d.object_type, d.act)"
                " RETURNING t.organisation_id, t.object_key",
                [(object_type, act, key, moment) for key, moment in due],
                template="(%s, %s, %s, %s::timestamptz)",
                page_size=1000,
                fetch=True,
            )
        )
