"""Check the trail: recompute every block, and compare with the heads kept outside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connections

from core.audit.heads import Head
from core.audit.sealing import CANONICAL

SEALED_WITHIN = timedelta(minutes=10)
LATE_BY = timedelta(days=1)
"""No transaction lasts that long: an older event in a newer block was put in afterwards."""

_RECOMPUTED = f"""
SELECT s.id, s.previous_digest, s.digest, cardinality(s.event_ids), count(e.id),
    encode(sha256(convert_to(
        s.previous_digest || coalesce(string_agg({CANONICAL}, E'\\n' ORDER BY e.id), ''), 'UTF8'
    )), 'hex'),
    s.event_ids[1], s.event_ids[cardinality(s.event_ids)], s.sealed_at, min(e.at)
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

_TWICE = """
SELECT id FROM (SELECT unnest(event_ids) AS id FROM core_auditseal) sealed
GROUP BY id HAVING count(*) > 1 ORDER BY id LIMIT 20
"""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with the trail, in Chinese; `where` names the block's events."""

    seal_id: int | None
    what: str
    where: str = ""


def check_trail(
    *, now: datetime, known_head: str = "", heads: Iterable[Head] = (), using: str = "default"
) -> list[Finding]:
    """Recompute every block; empty when nothing sealed was changed, moved, added or removed.

    `known_head` is a digest that was written down elsewhere, `heads` the lines of a file kept
    outside: one that is gone from the chain shows that the end was cut off or the chain made anew.
    What came after the newest of them, and events younger than a minute, nothing outside vouches
    for. The first finding is the first broken place.
    """
    findings: list[Finding] = []
    digests: dict[int, tuple[str, int]] = {}
    expected, sealed_before = "", None
    with connections[using].cursor() as cursor:
        cursor.execute(_RECOMPUTED)
        for number, row in enumerate(cursor.fetchall(), start=1):
            seal_id, previous, digest, named, found, recomputed, first, last, sealed_at, oldest = (
                row
            )
            digests[seal_id] = (digest, number)
            where = f"事件 {first} 至 {last}"
            if previous != expected:
                findings.append(Finding(seal_id, "与前一封存块不相接，有封存块被删除或改动", where))
            if named != found:
                findings.append(Finding(seal_id, f"缺少 {named - found} 条事件，已被删除", where))
            elif recomputed != digest:
                findings.append(Finding(seal_id, "摘要不符，事件内容被改动", where))
            elif sealed_before is not None and oldest and oldest < sealed_before - LATE_BY:
                findings.append(
                    Finding(seal_id, "含有早于前一封存块一天以上的事件，系事后补入", where)
                )
            expected, sealed_before = digest, sealed_at
        cursor.execute(_TWICE)
        twice = [str(row[0]) for row in cursor.fetchall()]
        cursor.execute(_UNSEALED, {"before": now - SEALED_WITHIN})
        loose = [str(row[0]) for row in cursor.fetchall()]
    if twice:
        findings.append(Finding(None, f"事件被重复封存，编号 {'、'.join(twice)}"))
    if loose:
        findings.append(Finding(None, f"事件超过 10 分钟未封存，编号 {'、'.join(loose)}"))
    findings += _against(heads, digests)
    if known_head and known_head not in {digest for digest, _ in digests.values()}:
        findings.append(Finding(None, "留存的摘要已不在链上，末尾的封存块被截去"))
    return findings


def _against(heads: Iterable[Head], digests: dict[int, tuple[str, int]]) -> list[Finding]:
    """The first head that the chain no longer bears out; those after it say no more."""
    for head in heads:
        digest, number = digests.get(head.seal_id, ("", 0))
        if not digest:
            what = f"{head.at[:16]} 留存的封存块已不在链上，末尾被截去或整链被重做"
            return [Finding(head.seal_id, what)]
        if digest != head.digest:
            return [Finding(head.seal_id, f"与 {head.at[:16]} 留存的摘要不同，该块及以前被重做")]
        if number != head.blocks:
            what = f"{head.at[:16]} 留存时有 {head.blocks} 个封存块，现在到此只有 {number} 个"
            return [Finding(head.seal_id, what)]
    return []
