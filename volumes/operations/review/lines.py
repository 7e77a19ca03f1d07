"""Single lines: accepted or returned with coded reasons, each judgement kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from organisations.models import User
from organisations.queries.scope import Scope
from volumes.models import ReportLineReview, VolumeReport, VolumeReportLine
from volumes.operations.reports.moving import OBJECT_TYPE
from volumes.queries.standings import report_standings
from volumes.rules.review import CLAUSE, may_judge
from volumes.states.reasons import LineReview, ReturnReason
from volumes.states.report import OFFICE, REVIEW_STATES

ACCEPT_REST = """
INSERT INTO volumes_reportlinereview
    (line_id, level, verdict, reasons, note, reported_qty, at, by_id, by_name, organisation_id)
SELECT v.id, %(level)s, 'accepted', '{}', '', v.reported_qty, %(at)s, %(by_id)s, %(by_name)s,
       %(office)s
FROM volumes_volumereportline v
WHERE v.report_id = %(report)s AND v.review = ''
"""


@operation
def judge_lines(
    *,
    report: VolumeReport,
    groups: Sequence[str],
    verdict: str,
    reasons: Sequence[str],
    note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> int:
    """Say of these groups' lines that they pass, or go back with reasons; gives how many.

    A judgement may be changed until the report moves on. Raises NotYours, TransitionRefused,
    StaleVersion, MissingInput naming the field.
    """
    row = VolumeReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if OFFICE not in report_standings(scope, row):
        raise NotYours("由承担本级审核的医保局的审核或负责人办理", CLAUSE)
    if seen_version is not None and row.row_version != seen_version:
        raise StaleVersion(f"该报量已由{row.state_by_name or '他人'}办理，请刷新后再办理")
    if row.state not in REVIEW_STATES:
        raise TransitionRefused(
            f"当前状态为“{row.get_state_display()}”，开始审核以后才能逐个品种审核", CLAUSE
        )
    if verdict not in LineReview.values:
        raise MissingInput("verdict", "请选择通过或退回", CLAUSE)
    unknown = set(reasons) - set(ReturnReason.values)
    if unknown:
        raise MissingInput("reasons", "退回原因不在列表中，请从列表中选择", CLAUSE)
    allowed = may_judge(verdict, reasons, note)
    if not allowed:
        raise MissingInput("reasons" if not reasons else "note", allowed.reason, CLAUSE)
    asked = list(dict.fromkeys(groups))
    lines = list(row.lines.filter(group__code__in=asked).select_related("group"))
    if not asked or len(lines) != len(asked):
        missing = "、".join(sorted(set(asked) - {line.group.code for line in lines})[:5])
        raise MissingInput(
            "groups", f"本报量没有品种 {missing}" if missing else "请先勾选要审核的品种", CLAUSE
        )
    kept = list(reasons) if verdict == LineReview.RETURNED else []
    VolumeReportLine.objects.filter(pk__in=[line.pk for line in lines]).update(
        review=verdict, review_reasons=kept, review_note=note.strip()
    )
    ReportLineReview.objects.bulk_create(
        ReportLineReview(
            line=line, level=row.level, verdict=verdict, reasons=kept, note=note.strip(),
            reported_qty=line.reported_qty, at=at, by_id=by.audit_id, by_name=by.audit_name,
            organisation_id=scope.organisation_id,
        )
        for line in lines
    )  # fmt: skip
    words = "、".join(str(ReturnReason(code).label) for code in kept)
    record(
        by=by, at=at, action="volume_report.judge", object_type=OBJECT_TYPE, object_key=row.pk,
        object_label=str(row), clause=CLAUSE,
        reason=f"{LineReview(verdict).label} {len(lines)} 个品种{'：' + words if words else ''} {note.strip()}".strip(),
        detail={"verdict": verdict, "groups": asked[:50], "number": len(lines), "reasons": kept},
    )  # fmt: skip
    return len(lines)


def accept_open_lines(
    row: VolumeReport, level: str, *, by: User, at: datetime, fresh: bool
) -> None:
    """With a report that passes: lines that nobody judged are accepted; `fresh` for the next level."""
    with connection.cursor() as cursor:
        cursor.execute(
            ACCEPT_REST,
            {
                "level": level, "at": at, "by_id": by.audit_id, "by_name": by.audit_name,
                "office": by.audit_organisation_id, "report": row.pk,
            },
        )  # fmt: skip
    judged = "" if fresh else LineReview.ACCEPTED
    row.lines.update(review=judged, review_reasons=[], review_note="")
