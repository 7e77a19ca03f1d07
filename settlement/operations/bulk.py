"""Many prepayments at once: approve those of a list that wait for the reader."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.transitions import Verdict
from organisations.models import User
from organisations.queries.bulk_acts import BulkAct, add
from organisations.queries.scope import Scope
from settlement.models import Prepayment
from settlement.operations.prepayments.decide import approve_prepayment
from settlement.queries.prepayments import prepayment_standings, visible_prepayments
from settlement.queries.statements import APPROVERS
from settlement.states.prepayment import PREPAYMENT_MACHINE
from settlement.tables.prepayments import recipient


def _approves(scope: Scope) -> bool:
    return (
        scope.is_bureau
        and scope.region_level in ("city", "province")
        and scope.has_role(*APPROVERS)
    )


def approval_of(row: Prepayment) -> str:
    """Which of the table's approvals is the next one."""
    if row.state == "first":
        return "approve_second"
    return "approve_first" if row.needs_two else "approve"


def _verdict(scope: Scope, row: Prepayment) -> Verdict:
    step = PREPAYMENT_MACHINE.named(approval_of(row))
    return PREPAYMENT_MACHINE.verdict(step, row, prepayment_standings(scope, row))


def _rows(scope: Scope) -> Any:
    return visible_prepayments(scope).select_related(
        "pool__region", "batch", "institution", "enterprise"
    )


def _approve(
    row: Any, by: User, scope: Scope, at: datetime, values: dict[str, Any], version: int
) -> object:
    return approve_prepayment(prepayment=row, by=by, scope=scope, at=at, seen_version=version)


add(
    BulkAct(
        key="prepayment-approve", page="prepayments", label="批量批准", unit="笔", kind="primary",
        offered=_approves, rows=_rows,
        name=lambda row: f"{row.prepayment_no} {recipient(row)} {row.amount:,.2f} 元",
        verdict=_verdict, version=lambda row: int(row.row_version), perform=_approve,
        note="逐笔批准；您自己申请的、已由您批准过的和不在待批准状态的列出原因，不作变动。"
        "超过双人复核金额的还须另一人批准。",
    )
)  # fmt: skip
