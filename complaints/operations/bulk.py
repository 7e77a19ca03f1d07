"""Many complaints passed on at once, as the city does with reports of lower prices before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from complaints.forms import EscalateForm
from complaints.models import Complaint
from complaints.operations.bureau import escalate
from complaints.queries.cases import PARTIES, case_of, next_level, oversees, with_state
from complaints.queries.visible import visible_complaints
from complaints.rules import OFFICERS
from complaints.states import CLAUSE, OPEN
from core.transitions import ALLOWED, Verdict
from organisations.models import User
from organisations.queries.bulk_acts import BulkAct, add
from organisations.queries.scope import Scope


def _offered(scope: Scope) -> bool:
    return scope.is_bureau and not scope.is_province_bureau and scope.has_role(*OFFICERS)


def _rows(scope: Scope) -> QuerySet[Complaint]:
    return with_state(visible_complaints(scope)).select_related("case", *PARTIES)


def _verdict(scope: Scope, row: Any) -> Verdict:
    case = case_of(row)
    if case.state not in OPEN:
        return Verdict(False, f"诉求{case.get_state_display()}", CLAUSE)
    if not oversees(scope, row, case):
        return Verdict(False, "由正在办理的医保局上报", CLAUSE)
    if case.level == scope.region_level and next_level(row, case.level) is None:
        return Verdict(False, "没有上一级医保局", CLAUSE)
    return ALLOWED


def _escalate(
    row: Any, by: User, scope: Scope, at: datetime, values: dict[str, Any], version: int
) -> object:
    return escalate(
        complaint=row, text=values["text"], by=by, scope=scope, at=at, seen_version=version
    )


add(
    BulkAct(
        key="complaint-escalate",
        page="complaint-list",
        label="批量上报",
        unit="件",
        offered=_offered,
        rows=_rows,
        name=str,
        verdict=_verdict,
        perform=_escalate,
        version=lambda row: case_of(row).row_version,
        form=EscalateForm,
        note="选中的诉求上报到上一级医保局，由上一级按自己的期限办理；原因写给各方。",
    )
)
