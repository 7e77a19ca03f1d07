"""Which deliveries are due, a few of each endpoint, so that a slow one does not hold the others."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

PER_ENDPOINT = 5
PER_TICK = 200


def due_deliveries(at: datetime) -> list[int]:
    """Ids, oldest first; those under a lease are left to whoever holds it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id FROM (
                SELECT d.id, row_number() OVER (PARTITION BY d.endpoint_id ORDER BY d.id) AS place
                FROM inbox_webhookdelivery d
                JOIN inbox_webhookendpoint e ON e.id = d.endpoint_id AND e.state = 'active'
                WHERE d.state = 'waiting' AND d.next_attempt_at <= %(at)s
                  AND (d.lease_until IS NULL OR d.lease_until <= %(at)s)
            ) due
            WHERE place <= %(each)s ORDER BY id LIMIT %(all)s
            """,
            {"at": at, "each": PER_ENDPOINT, "all": PER_TICK},
        )
        return [int(row[0]) for row in cursor.fetchall()]
