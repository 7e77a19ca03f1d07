"""A bureau reminds the parties of its region that have not signed (S2-2.2)."""

from __future__ import annotations

from datetime import datetime

from catalog.models import Batch
from contracts.operations.agreements.asking import ask_to_sign
from contracts.queries.agreements import PARTIES, unsigned_by, visible_agreements
from contracts.rules.agreement import CLAUSE, OFFICERS
from core.audit.record import record
from core.operations import operation
from core.transitions import ALLOWED, NotYours, TransitionRefused, Verdict
from organisations.models import User
from organisations.queries.scope import Scope


def may_remind(scope: Scope) -> Verdict:
    if not scope.is_bureau:
        return Verdict(False, "催签由医保局办理", CLAUSE)
    if not scope.has_role(*OFFICERS):
        return Verdict(False, "催签需要经办、审核或负责人角色", CLAUSE)
    return ALLOWED


@operation
def remind_unsigned(*, batch: Batch, year_no: int, by: User, scope: Scope, at: datetime) -> int:
    """One notice a day to each party of the region's agreements that wait for it; gives how many.

    Raises NotYours, TransitionRefused where nobody is missing or all were told today.
    """
    allowed = may_remind(scope)
    if not allowed:
        raise NotYours.of(allowed)
    rows = visible_agreements(scope).filter(batch=batch, year_no=year_no).order_by()
    missing: set[int] = set()
    for party, _ in PARTIES:
        found = rows.filter(unsigned_by(party)).values_list(f"{party}_id", flat=True)
        missing |= {int(pk) for pk in found.distinct()}
    if not missing:
        raise TransitionRefused("本地区没有待签的协议，不需要催签", CLAUSE)
    told = ask_to_sign(
        batch_id=batch.pk,
        year_no=year_no,
        at=at,
        among=missing,
        remind=f"by{scope.organisation_id}",
    )
    if not told:
        raise TransitionRefused(
            "本单位今天已经催签，待签的单位都已收到通知；每天催一次，明天可以再催", CLAUSE
        )
    record(
        by=by, at=at, action="agreement.remind", object_type="batch", object_key=batch.code,
        object_label=f"{batch.name} 第{year_no}年度", clause=CLAUSE, detail={"told": told},
    )  # fmt: skip
    return told
