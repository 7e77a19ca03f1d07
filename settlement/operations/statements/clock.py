"""What the calendar does with statements: drafts on the 1st, holds and releases, passes over silence."""

from __future__ import annotations

from datetime import date, datetime

from core.audit.record import Actor, record
from core.operations import operation
from core.transitions import NotYours, TransitionRefused
from core.workdays.deadlines import shanghai_day
from organisations.models import Pool
from organisations.queries.scope import Scope
from policy.queries.read import MissingPolicyValue
from settlement.models import Statement
from settlement.operations.statements.draft import draft_part, draft_statements
from settlement.operations.statements.telling import tell_holders
from settlement.queries.facts import first_month, month_after
from settlement.queries.statements import CLERKS, suspended
from settlement.states.statement import CLAUSE, CLOCK, STATEMENT_MACHINE

BEFORE_APPROVAL = ("drafted", "confirmed", "answered", "reviewed", "countersigned")


@operation
def hold_suspended(*, on: date, by: Actor, at: datetime) -> tuple[int, int]:
    """Hold the unapproved statements of suspended payees, release those whose suspension ended.

    A held one keeps its lines; released it begins anew with the payee's confirmation. Gives
    (held, released).
    """
    rows = Statement.objects.select_for_update(of=("self",)).filter(
        state__in=(*BEFORE_APPROVAL, "held")
    )
    found = list(rows.select_related("pool", "payee").order_by("pk"))
    stopped = suspended({row.payee_id for row in found}, on)
    counts = {"hold": 0, "release": 0}
    for row in found:
        wanted = row.payee_id in stopped
        if wanted == (row.state == "held"):
            continue
        verb = "hold" if wanted else "release"
        moved, _ = STATEMENT_MACHINE.perform(
            verb=verb, obj=row, by=by, at=at, standings=lambda _: (CLOCK,)
        )
        tell_holders(moved, at)
        counts[verb] += 1
    return counts["hold"], counts["release"]


def begun_pools() -> list[Pool]:
    """Pools for which settling has begun; a person drafts a pool's first month."""
    begun = Statement.objects.values("pool_id")
    return list(Pool.objects.filter(pk__in=begun).select_related("region").order_by("code"))


def draft_ended_months(*, pool: Pool, on: date, by: Actor, at: datetime) -> int:
    """Every ended month of a pool since its first, oldest first; gives the number of new statements."""
    month, made = first_month(pool), 0
    while month is not None and month_after(month) <= on:
        made += len(draft_statements(pool=pool, month=month, by=by, at=at))
        month = month_after(month)
    return made


@operation
def begin_settling(
    *, pool: Pool, month: date, by: Actor, scope: Scope, at: datetime
) -> list[Statement]:
    """A clerk of the pool's bureau drafts an ended month by hand; the first one begins the pool.

    Raises TransitionRefused for a month that has not ended or lies before the pool's first.
    """
    _require_clerk(scope, pool)
    if month_after(month) > shanghai_day(at):
        raise TransitionRefused(f"{month:%Y-%m} 还没有结束，次月 1 日起才能生成结算单", CLAUSE)
    begun = first_month(pool)
    if begun is not None and month < begun:
        raise TransitionRefused(
            f"本统筹区自 {begun:%Y-%m} 起在平台结算，更早月份的货款不再生成结算单", CLAUSE
        )
    try:
        return draft_statements(pool=pool, month=month, by=by, at=at)
    except MissingPolicyValue as missing:
        raise TransitionRefused(f"不能结算：{missing}", CLAUSE) from missing


@operation
def ask_reopening(
    *, statement: Statement, reason: str, by: Actor, scope: Scope, at: datetime
) -> Statement:
    """A clerk asks to settle more of a month whose statement was approved; another person agrees.

    Who asked may ask again in other words; nobody else takes the request over.
    """
    row = Statement.objects.select_for_update(of=("self",)).get(pk=statement.pk)
    _require_clerk(scope, row.pool)
    if row.state not in ("approved", "part_paid", "paid", "closed"):
        raise TransitionRefused("结算单批准以前，新的收货自动进入下期，不需要补结", CLAUSE)
    if row.reopen_reason and row.reopen_by_id != by.audit_id:
        raise TransitionRefused(
            f"{row.reopen_by_name}已申请补结，等待另一人同意；您可以直接同意", CLAUSE
        )
    if not reason.strip():
        raise TransitionRefused("请写明补结原因", CLAUSE)
    row.reopen_reason = reason.strip()[:500]
    row.reopen_by_id, row.reopen_by_name = by.audit_id, by.audit_name
    row.save(update_fields=["reopen_reason", "reopen_by_id", "reopen_by_name"])
    _note(row, by, at, "statement.ask_reopening")
    return row


@operation
def agree_reopening(*, statement: Statement, by: Actor, scope: Scope, at: datetime) -> Statement:
    """Another person than the asker agrees: what is not settled of the month becomes its next part."""
    row = Statement.objects.select_for_update(of=("self",)).get(pk=statement.pk)
    _require_clerk(scope, row.pool)
    if not row.reopen_reason:
        raise TransitionRefused("没有待同意的补结申请", CLAUSE)
    if row.reopen_by_id == by.audit_id:
        raise TransitionRefused("补结须由申请人以外的另一人同意", CLAUSE)
    part = draft_part(row, by=by, at=at)
    if part is None:
        raise TransitionRefused("该月没有尚未结算的收货或退货", CLAUSE)
    row.reopen_reason, row.reopen_by_id = "", None
    row.save(update_fields=["reopen_reason", "reopen_by_id"])
    _note(row, by, at, "statement.agree_reopening")
    return part


def _require_clerk(scope: Scope, pool: Pool) -> None:
    if not (scope.is_bureau and scope.region_id == pool.region_id and scope.has_role(*CLERKS)):
        raise NotYours("由统筹区医保局的经办或审核人办理", CLAUSE)


def _note(row: Statement, by: Actor, at: datetime, action: str) -> None:
    record(
        by=by, at=at, action=action, object_type="statement", object_key=row.pk,
        object_label=row.statement_no, reason=row.reopen_reason, clause=CLAUSE,
    )  # fmt: skip
