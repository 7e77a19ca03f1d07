"""Who sees statements and their lines, and who may do what to them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.transitions import ALLOWED, Verdict
from organisations.models import Organisation, Pool, Standing
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, region_subtree, within
from settlement.models import (
    BankOrder,
    Deduction,
    Statement,
    StatementCheck,
    StatementLine,
    StatementPayment,
)
from settlement.states.statement import APPROVER, CLERK, INSTITUTION, PAYEE, PAYER

SELLERS = ("clerk", "reviewer", "leader")
ACCOUNTANTS = ("accountant", "leader")
CLERKS = ("clerk", "reviewer")
APPROVERS = ("reviewer", "leader")
PAYERS = ("clerk", "accountant", "leader")


def pool_side(scope: Scope, prefix: str = "") -> Q:
    """The pool's agency, and the bureaus and finance offices over its region; counties see none."""
    if scope.is_business and scope.kind == "agency":
        return Q(**{f"{prefix}pool_id": scope.pool_id})
    if scope.kind in ("bureau", "finance"):
        return region_subtree(scope, f"{prefix}pool__region")
    return NOTHING


def _own_payee(scope: Scope) -> frozenset[int]:
    return frozenset({scope.organisation_id, *scope.predecessor_ids})


def visible_statements(scope: Scope) -> QuerySet[Statement]:
    """The pool's side, the payee, and institutions with lines on it."""
    seen = pool_side(scope)
    if scope.is_business and scope.kind == "enterprise":
        seen = Q(payee_id__in=sorted(_own_payee(scope)))
    elif scope.is_business and scope.kind == "institution":
        own = StatementLine.objects.filter(
            statement=OuterRef("pk"), institution_id__in=sorted(scope.institution_ids)
        )
        seen = Q(Exists(own))
    return within(scope, Statement.objects.all(), seen)


def visible_statement_lines(scope: Scope) -> QuerySet[StatementLine]:
    """Lines of visible statements; an institution sees its own alone."""
    seen = pool_side(scope, "statement__")
    if scope.is_business and scope.kind == "enterprise":
        seen = Q(statement__payee_id__in=sorted(_own_payee(scope)))
    elif scope.is_business and scope.kind == "institution":
        seen = Q(institution_id__in=sorted(scope.institution_ids))
    return within(scope, StatementLine.objects.all(), seen)


def visible_statement_checks(scope: Scope) -> QuerySet[StatementCheck]:
    """Who has answered: as the lines."""
    seen = pool_side(scope, "statement__")
    if scope.is_business and scope.kind == "enterprise":
        seen = Q(statement__payee_id__in=sorted(_own_payee(scope)))
    elif scope.is_business and scope.kind == "institution":
        seen = Q(institution_id__in=sorted(scope.institution_ids))
    return within(scope, StatementCheck.objects.all(), seen)


def visible_statement_payments(scope: Scope) -> QuerySet[StatementPayment]:
    """The pool's side and the payee; an institution those that it made itself."""
    seen = pool_side(scope, "statement__")
    if scope.is_business and scope.kind == "enterprise":
        seen = Q(statement__payee_id__in=sorted(_own_payee(scope)))
    elif scope.is_business and scope.kind == "institution":
        seen = Q(statement__institution_id__in=sorted(scope.institution_ids))
    return within(scope, StatementPayment.objects.all(), seen)


def visible_bank_orders(scope: Scope) -> QuerySet[BankOrder]:
    """The pool's side alone: what the bank says is between it and the fund."""
    return within(scope, BankOrder.objects.all(), pool_side(scope, "statement__"))


def visible_deductions(scope: Scope) -> QuerySet[Deduction]:
    """The pool's side, and the institution whose allocation it is."""
    seen = pool_side(scope)
    if scope.is_business and scope.kind == "institution":
        seen = Q(institution_id__in=sorted(scope.institution_ids))
    return within(scope, Deduction.objects.all(), seen)


def is_own_pool(scope: Scope, row: Statement) -> bool:
    """The bureau of the very region of the pool; the bureaus above it look on."""
    return scope.is_bureau and scope.region_id == row.pool.region_id


def statement_standings(scope: Scope, row: Statement) -> frozenset[str]:
    """What the reader is to a statement. Whoever reviewed or approved is no further approver."""
    held = set()
    if scope.kind == "enterprise" and row.payee_id in _own_payee(scope):
        held |= {PAYEE} if scope.has_role(*SELLERS) else set()
    if scope.kind == "institution" and scope.has_role(*ACCOUNTANTS):
        if row.institution_id in scope.institution_ids:
            held.add(PAYER)
        if StatementCheck.objects.filter(
            statement=row, institution_id__in=sorted(scope.institution_ids)
        ).exists():
            held.add(INSTITUTION)
    if row.mode == Statement.Mode.FUND:
        if is_own_pool(scope, row):
            if scope.has_role(*CLERKS):
                held.add(CLERK)
            before = {row.reviewed_by_id, row.first_by_id}
            if scope.has_role(*APPROVERS) and scope.user_id not in before:
                held.add(APPROVER)
        if scope.kind == "agency" and scope.pool_id == row.pool_id and scope.has_role(*PAYERS):
            held.add(PAYER)
    return frozenset(held)


def suspended(payees: Iterable[int], on: date) -> frozenset[int]:
    """Those of the enterprises whose direct settlement is suspended on the day."""
    rows = Standing.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on), organisation_id__in=list(payees),
        kind=Standing.Kind.SETTLEMENT_SUSPENDED, valid_from__lte=on,
    )  # fmt: skip
    return frozenset(rows.values_list("organisation_id", flat=True))


def office_of(row: Statement) -> Organisation | None:
    """The bureau that reviews."""
    offices = Organisation.objects.filter(
        kind="bureau", region_id=row.pool.region_id, is_active=True
    )
    return offices.order_by("code").first()


def agency_of(row: Statement) -> Organisation | None:
    """The pool's agency, which pays."""
    offices = Organisation.objects.filter(kind="agency", pool_id=row.pool_id, is_active=True)
    return offices.order_by("code").first()


def own_pool(scope: Scope) -> Pool | None:
    """The pool whose money the bureau looks after."""
    pools = Pool.objects.select_related("region").order_by("code")
    return pools.filter(region_id=scope.region_id or 0).first()


def may_draft(scope: Scope) -> Verdict:
    """Clerks and reviewers of the bureau of a pool's region."""
    if scope.is_bureau and scope.region_level in ("city", "province") and scope.has_role(*CLERKS):
        return ALLOWED
    return Verdict(False, "结算单由统筹区医保局的经办或审核人生成", "S2-8.1")


def may_pay(scope: Scope) -> Verdict:
    """Whoever in the pool's agency deals with the bank."""
    if scope.kind == "agency" and scope.pool_id is not None and scope.has_role(*PAYERS):
        return ALLOWED
    return Verdict(False, "由统筹区医保经办机构的经办、会计或负责人办理", "S2-8.1")
