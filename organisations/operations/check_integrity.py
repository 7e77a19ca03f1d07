"""The auditor's check of the trail, which is itself in the trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.audit.checking import Finding, check_trail
from core.audit.heads import heads_file, kept_heads, read_heads
from core.audit.record import Actor, record
from core.operations import operation


@dataclass(frozen=True)
class IntegrityReport:
    """What was found; how many heads it was compared with, and the newest of them."""

    findings: list[Finding]
    heads: int
    newest_head_at: str


@operation
def check_integrity(
    *, known_head: str = "", kept_copy: str = "", by: Actor, at: datetime
) -> IntegrityReport:
    """Recompute all blocks, compare with the heads kept outside, and note that it was done.

    `kept_copy` is the text of a file of heads that the auditor downloaded on an earlier day; the
    platform's own file is read in any case.
    """
    own, copied = kept_heads(), read_heads(kept_copy)
    problems = [Finding(None, problem) for problem in (*own.problems, *copied.problems)]
    findings = check_trail(now=at, known_head=known_head, heads=own.heads)
    if copied.heads:
        lines = {head.digest for head in own.heads}
        if any(head.digest not in lines for head in copied.heads):
            problems.append(Finding(None, "平台的留存文件缺少您所持副本中的行，文件被改动或截短"))
        findings += [
            finding
            for finding in check_trail(now=at, heads=copied.heads)
            if finding not in findings
        ]
    findings = [*findings, *problems]
    heads = {head.digest: head for head in (*own.heads, *copied.heads)}
    newest = max((head.at for head in heads.values()), default="")
    record(
        by=by,
        at=at,
        action="audit.check_integrity",
        object_type="audit",
        detail={"findings": [finding.what for finding in findings], "heads": len(heads)},
    )
    return IntegrityReport(findings, len(heads), newest)


@operation
def hand_out_heads(*, by: Actor, at: datetime) -> str:
    """The file of heads for the auditor to keep elsewhere; handing it out is in the trail."""
    path = heads_file()
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    record(by=by, at=at, action="audit.download_heads", object_type="audit",
           detail={"lines": len(text.splitlines())})  # fmt: skip
    return text
