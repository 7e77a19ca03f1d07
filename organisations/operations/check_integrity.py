"""The auditor's check of the trail, which is itself in the trail."""

from __future__ import annotations

from datetime import datetime

from core.audit.record import Actor, record
from core.audit.sealing import Finding, check_trail
from core.operations import operation


@operation
def check_integrity(*, known_head: str, by: Actor, at: datetime) -> list[Finding]:
    """Recompute all blocks and note that it was done and with what outcome."""
    findings = check_trail(now=at, known_head=known_head)
    record(
        by=by,
        at=at,
        action="audit.check_integrity",
        object_type="audit",
        detail={"findings": [finding.what for finding in findings]},
    )
    return findings
