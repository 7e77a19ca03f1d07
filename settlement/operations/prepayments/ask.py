"""Ask for the prepayments of a batch's year, or for a month's advances to suppliers."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from catalog.models import AgreementYear
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from core.workdays.deadlines import shanghai_day
from organisations.models import Pool, User
from organisations.queries.scope import Scope
from settlement.models import Prepayment
from settlement.operations.prepayments.telling import OBJECT_TYPE, tell_prepayment
from settlement.queries.facts import month_after
from settlement.queries.prepay_terms import (
    PrepayTerms,
    prepay_terms,
    worth_by_institution,
    worth_by_payee,
)
from settlement.queries.prepayments import may_ask
from settlement.queries.terms import dual_amount
from settlement.states.prepayment import CLAUSE

CENT = Decimal("0.01")
ADVANCE_CLAUSE = "S4 三(二)"
Kind = Prepayment.Kind


@operation
def ask_prepayments(
    *, year: AgreementYear, pool: Pool, month: date | None = None, by: User, scope: Scope,
    at: datetime,
) -> list[Prepayment]:  # fmt: skip
    """One request per institution, or one for the pool's agency, by the batch's policy.

    Base: Σ agreed quantity × price per base unit of the agreements that all three have signed by
    now; amount: base × prepay_ratio. With `month` (2019): to each supplier a twelfth of that for a
    month that has not ended. Who has a request already is left out. Gives the new ones.
    Raises NotYours, MissingInput, TransitionRefused.
    """
    allowed = may_ask(scope)
    if not allowed or scope.region_id != pool.region_id:
        raise NotYours(allowed.reason or "只能申请本级统筹区的预付金", CLAUSE)
    on = shanghai_day(at)
    terms = prepay_terms(year.batch, on)
    if terms is None:
        raise TransitionRefused("该批次的政策没有规定预付比例和预付对象，不预付", CLAUSE)
    if on > year.ends_on:
        raise TransitionRefused(f"该采购年度已于 {year.ends_on:%Y-%m-%d} 结束，不再预付", CLAUSE)
    Pool.objects.select_for_update().get(pk=pool.pk)
    kind, worth, part = _bases(year, pool, terms, month, on, at)
    if not any(worth.values()):
        raise TransitionRefused("还没有三方都已签订的协议，签订后才能申请预付金", CLAUSE)
    before = Prepayment.objects.filter(
        pool=pool, batch=year.batch_id, year_no=year.year_no, kind=kind, month=month
    )
    column = {"institution": "institution_id", "supplier": "enterprise_id"}.get(kind)
    asked = before.exclude(state="refused")
    done: set[int | None] = set(asked.values_list(column, flat=True)) if column else set()
    if column is None and asked.exists():
        done = {None}
    made = []
    limit = dual_amount(pool, on)
    for party, total in worth.items():
        amount = (total * terms.ratio / part).quantize(CENT, ROUND_HALF_UP)
        if party in done or amount <= 0:
            continue
        made.append(
            _make(year, pool, kind, party, month, terms, total / part, amount, limit, by=by, at=at)
        )
    if not made:
        raise TransitionRefused("该年度（月）的预付金都已申请过；未批准的办结后可以再申请", CLAUSE)
    return made


def _bases(
    year: AgreementYear, pool: Pool, terms: PrepayTerms, month: date | None, on: date, at: datetime
) -> tuple[str, dict[int | None, Decimal], int]:
    """The kind, exact yuan by party (None: the agency), and into how many parts the year falls."""
    if month is None:
        found = worth_by_institution(year, pool, at)
        if terms.recipient == "institution":
            return Kind.INSTITUTION, found, 1
        return Kind.AGENCY, {None: sum(found.values(), Decimal(0))}, 1
    if terms.recipient != "agency":
        raise MissingInput(
            "month", "该政策预付给医疗机构，不按月预付供货企业；请不填月份", ADVANCE_CLAUSE
        )
    if month.day != 1 or month_after(month) <= on:
        raise MissingInput("month", "按月预付只能申请还没有结束的月份", ADVANCE_CLAUSE)
    if not year.starts_on.replace(day=1) <= month <= year.ends_on:
        raise MissingInput("month", "月份不在该采购年度内", ADVANCE_CLAUSE)
    return Kind.SUPPLIER, worth_by_payee(year, pool, at, terms.payee), 12


def _make(
    year: AgreementYear, pool: Pool, kind: str, party: int | None, month: date | None,
    terms: PrepayTerms, base: Decimal, amount: Decimal, limit: Decimal, *, by: User, at: datetime,
) -> Prepayment:  # fmt: skip
    own = f"{month:%y%m}" if month else f"{year.year_no}"
    number = f"YF{own}-{pool.pk}-{year.batch_id}-{party or 0}"
    turn = Prepayment.objects.filter(prepayment_no__startswith=f"{number}-").count() + 1
    row = Prepayment.objects.create(
        prepayment_no=f"{number}-{turn}", kind=kind, pool=pool, batch_id=year.batch_id,
        year_no=year.year_no, month=month, base=base.quantize(CENT, ROUND_HALF_UP),
        institution_id=party if kind == Kind.INSTITUTION else None,
        enterprise_id=party if kind == Kind.SUPPLIER else None,
        ratio=terms.ratio, clause=terms.clause, amount=amount, needs_two=amount > limit,
        asked_at=at, asked_by_id=by.audit_id, asked_by_name=by.audit_name, state_at=at,
        state_by_id=by.audit_id, state_by_name=by.audit_name,
    )  # fmt: skip
    record(
        by=by, at=at, action="prepayment.ask", object_type=OBJECT_TYPE, object_key=row.pk,
        object_label=row.prepayment_no, clause=terms.clause,
        detail={"base": f"{row.base}", "ratio": f"{row.ratio}", "amount": f"{row.amount}"},
    )  # fmt: skip
    tell_prepayment(row, at)
    return row
