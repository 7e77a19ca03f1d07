"""Seal the trail every minute, outside the transactions that write it."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from core.audit.seals import AuditSeal

LOOKED_BACK = 100_000
"""How far below the highest sealed id a late transaction's events are still looked for."""
BLOCK_EVENTS = 10_000

CANONICAL = """jsonb_build_array(
    e.id, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), e.actor_id, e.actor_name,
    e.organisation_id, e.organisation_name, e.action, e.outcome, e.object_type, e.object_key,
    e.object_label, e.reason, e.clause, e.detail, e.request_id, host(e.ip)
)::text"""

_PENDING = """
SELECT e.id FROM core_auditevent e
WHERE e.id > %(floor)s AND NOT EXISTS (
    SELECT 1 FROM (
        SELECT unnest(event_ids) AS id FROM core_auditseal WHERE last_event_id > %(floor)s
    ) sealed WHERE sealed.id = e.id
)
ORDER BY e.id LIMIT %(limit)s
"""

_DIGEST = f"""
SELECT encode(sha256(convert_to(
    %(previous)s || coalesce(string_agg({CANONICAL}, E'\\n' ORDER BY e.id), ''), 'UTF8'
)), 'hex')
FROM core_auditevent e WHERE e.id = ANY(%(ids)s)
"""


def seal_trail(*, at: datetime) -> AuditSeal | None:
    """Seal what has been committed since the last time; None when there is nothing new.

    Two at once wait for each other. The sealer's own work is no act, so it leaves no event.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('seal_trail', 0))")
        last = AuditSeal.objects.order_by("-pk").first()
        highest = AuditSeal.objects.order_by("-last_event_id").first()
        floor = max(highest.last_event_id - LOOKED_BACK, 0) if highest else 0
        cursor.execute(_PENDING, {"floor": floor, "limit": BLOCK_EVENTS})
        ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return None
        previous = last.digest if last else ""
        cursor.execute(_DIGEST, {"previous": previous, "ids": ids})
        return AuditSeal.objects.create(
            sealed_at=at,
            event_ids=ids,
            last_event_id=ids[-1],
            previous_digest=previous,
            digest=cursor.fetchone()[0],
        )
