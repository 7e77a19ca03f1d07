"""Seal the trail every minute, outside the transactions that write it; and check the seals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from core.audit.seals import AuditSeal

LOOKED_BACK = 100_000
"""How far below the highest sealed id a late transaction's events are still looked for."""
BLOCK_EVENTS = 10_000
SEALED_WITHIN = timedelta(minutes=10)

_CANONICAL = """jsonb_build_array(
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
    %(previous)s || coalesce(string_agg({_CANONICAL}, E'\\n' ORDER BY e.id), ''), 'UTF8'
)), 'hex')
FROM core_auditevent e WHERE e.id = ANY(%(ids)s)
"""

_RECOMPUTED = f"""
SELECT s.id, s.previous_digest, s.digest, cardinality(s.event_ids), count(e.id),
    encode(sha256(convert_to(
        s.previous_digest || coalesce(string_agg({_CANONICAL}, E'\\n' ORDER BY e.id), ''), 'UTF8'
    )), 'hex')
FROM core_auditseal s
CROSS JOIN LATERAL unnest(s.event_ids) AS member(event_id)
LEFT JOIN core_auditevent e ON e.id = member.event_id
GROUP BY s.id ORDER BY s.id
"""

_UNSEALED = """
SELECT e.id FROM core_auditevent e
WHERE e.at < %(before)s AND NOT EXISTS (
    SELECT 1 FROM (SELECT unnest(event_ids) AS id FROM core_auditseal) sealed
    WHERE sealed.id = e.id
)
ORDER BY e.id LIMIT 20
"""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with the trail, in Chinese."""

    seal_id: int | None
    what: str


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


def check_trail(*, now: datetime, known_head: str = "") -> list[Finding]:
    """Recompute every block; empty when nothing sealed was changed or removed.

    `known_head` is a digest that was written down elsewhere: if it is gone, the end was cut off.
    """
    findings = []
    expected = ""
    heads = set()
    with connection.cursor() as cursor:
        cursor.execute(_RECOMPUTED)
        for seal_id, previous, digest, named, found, recomputed in cursor.fetchall():
            heads.add(digest)
            if previous != expected:
                findings.append(Finding(seal_id, "与前一封存块不相接，有封存块被删除或改动"))
            if named != found:
                findings.append(Finding(seal_id, f"缺少 {named - found} 条事件，已被删除"))
            elif recomputed != digest:
                findings.append(Finding(seal_id, "摘要不符，事件内容被改动"))
            expected = digest
        cursor.execute(_UNSEALED, {"before": now - SEALED_WITHIN})
        loose = [str(row[0]) for row in cursor.fetchall()]
    if loose:
        findings.append(Finding(None, f"事件超过 10 分钟未封存，编号 {'、'.join(loose)}"))
    if known_head and known_head not in heads:
        findings.append(Finding(None, "留存的摘要已不在链上，末尾的封存块被截去"))
    return findings
