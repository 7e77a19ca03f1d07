"""Many reports at once: pass those that break no rule."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.transitions import Verdict
from organisations.models import User
from organisations.queries.bulk_acts import BulkAct, add
from organisations.queries.scope import Scope
from volumes.operations.review.levels import pass_report
from volumes.queries.review import WAITING, reports_for_review
from volumes.queries.standings import REVIEWING_ROLES, report_standings
from volumes.rules.review import CLAUSE, may_pass
from volumes.states.report import OFFICE


def _reviews(scope: Scope) -> bool:
    return scope.is_bureau and scope.has_role(*REVIEWING_ROLES)


def _verdict(scope: Scope, row: Any) -> Verdict:
    """As `pass_report` would answer; the counts come with the row."""
    if row.state not in WAITING:
        return Verdict(False, f"当前状态为“{row.get_state_display()}”，不在审核中", CLAUSE)
    if OFFICE not in report_standings(scope, row):
        return Verdict(False, "由承担本级审核的医保局的审核或负责人办理", CLAUSE)
    return may_pass(unjudged=row.unjudged, returned=row.returned_n)


def _pass(
    row: Any, by: User, scope: Scope, at: datetime, values: dict[str, Any], version: int
) -> object:
    return pass_report(report=row, by=by, scope=scope, at=at, seen_version=version)


add(
    BulkAct(
        key="report-pass",
        page="report-reviews",
        label="批量通过",
        unit="份",
        kind="primary",
        offered=_reviews,
        rows=lambda scope: reports_for_review(scope).select_related("institution", "task"),
        name=lambda row: f"{row.institution.name}（{row.report_no}）",
        verdict=_verdict,
        version=lambda row: int(row.row_version),
        perform=_pass,
        note="只通过没有品种偏差超过限度（或已逐个审核）的报量；其余的列出原因，不作变动。",
    ),
)
