"""医保预拨付款: keep what the fund paid for an institution; what it does not cover is carried."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, TransitionRefused
from core.workdays.deadlines import shanghai_day
from organisations.models import Organisation, Pool, User
from organisations.queries.scope import Scope
from settlement.models import Deduction
from settlement.operations.ledger import EventKey, LedgerLine, Source, post
from settlement.operations.statements.bank import require_payer
from settlement.queries.entry_source import was_taken_back
from settlement.queries.ledger import balance

CLAUSE = "S4 三(二)"


@operation
def record_deduction(
    *, institution: Organisation, month: date, allocated: Decimal, by: User, scope: Scope,
    at: datetime,
) -> Deduction:  # fmt: skip
    """The agency names the allocation (yuan) of a month; as much of the claim as it covers is kept.

    Once per institution and month; again only where the last one took nothing or its entry was
    taken back. Raises NotYours, MissingInput, TransitionRefused.
    """
    pool_id = require_payer(scope)
    if institution.kind != Organisation.Kind.INSTITUTION or institution.pool_id != pool_id:
        raise MissingInput("institution", "本统筹区没有这个编码的医疗机构", CLAUSE)
    if allocated < 0 or allocated != allocated.quantize(Decimal("0.01")):
        raise MissingInput("allocated", "预拨付款应为不小于零、精确到分的金额", CLAUSE)
    if month.day != 1 or month > shanghai_day(at):
        raise MissingInput("month", "请选择已经开始的月份", CLAUSE)
    Pool.objects.select_for_update().get(pk=pool_id)
    earlier = Deduction.objects.filter(pool_id=pool_id, institution=institution, month=month)
    last = earlier.order_by("-record_no").first()
    if last is not None and last.kept and not was_taken_back(last):
        raise TransitionRefused(
            f"{institution.name} {month:%Y-%m} 的扣除已经登记过；登记有误的，先申请冲销那笔分录",
            CLAUSE,
        )
    record_no = last.record_no + 1 if last else 1
    claim = max(balance(pool_id, "claim", institution_id=institution.pk), Decimal(0))
    kept = min(claim, allocated)
    row = Deduction.objects.create(
        pool_id=pool_id, institution=institution, month=month, record_no=record_no,
        allocated=allocated, claim=claim, kept=kept, recorded_at=at, recorded_by_id=by.audit_id, recorded_by_name=by.audit_name,
    )  # fmt: skip
    if kept:
        post(
            key=EventKey("deduction", _event(row)),
            pool_id=pool_id,
            lines=[LedgerLine("fund", kept), LedgerLine("claim", -kept, institution.pk)],
            occurred_on=shanghai_day(at),
            source=Source("deduction", row.pk, f"{institution.name} {month:%Y-%m}"),
            text=f"从医保预拨付款扣除：{institution.name} {month:%Y-%m}", by=by, at=at,
        )  # fmt: skip
    record(
        by=by, at=at, action="deduction.record", object_type="deduction", object_key=row.pk,
        object_label=f"{institution.name} {month:%Y-%m}", clause=CLAUSE,
        detail={"allocated": f"{allocated}", "claim": f"{claim}", "kept": f"{kept}"},
    )  # fmt: skip
    return row


def _event(row: Deduction) -> str:
    """The first of a month is named as before there were rounds."""
    named = f"{row.pool_id}:{row.institution_id}:{row.month:%Y-%m}"
    return named if row.record_no == 1 else f"{named}:{row.record_no}"
