"""Who sees prepayments, who may do what to them, and what is left of them."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from catalog.models import AgreementYear
from core.transitions import ALLOWED, Verdict
from organisations.models import Organisation, Pool
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, within
from settlement.models import LedgerEntry, Posting, Prepayment
from settlement.queries.ledger import source_balance
from settlement.queries.statements import APPROVERS, CLERKS, PAYERS, pool_side
from settlement.states.ledger import Purpose, SourceKind
from settlement.states.prepayment import APPROVER, CLAUSE, PAYER

ZERO = Decimal(0)
Kind = Prepayment.Kind


def visible_prepayments(scope: Scope) -> QuerySet[Prepayment]:
    """The pool's side; an institution and a supplier those that are made to them."""
    seen = pool_side(scope)
    if scope.is_business and scope.kind == "institution":
        seen = Q(institution_id__in=sorted(scope.institution_ids))
    elif scope.is_business and scope.kind == "enterprise":
        seen = Q(enterprise_id__in=sorted({scope.organisation_id, *scope.predecessor_ids}))
    elif not scope.is_business and scope.kind not in ("bureau", "finance"):
        seen = NOTHING
    return within(scope, Prepayment.objects.all(), seen)


def may_ask(scope: Scope) -> Verdict:
    """Clerks and reviewers of the bureau of a pool's region."""
    if scope.is_bureau and scope.region_level in ("city", "province") and scope.has_role(*CLERKS):
        return ALLOWED
    return Verdict(False, "预付金由统筹区医保局的经办或审核人申请", CLAUSE)


def prepayment_standings(scope: Scope, row: Prepayment) -> frozenset[str]:
    """Whoever asked or approved is no further approver. Reads the pool."""
    held = set()
    office = scope.is_bureau and scope.region_id == row.pool.region_id
    if office and scope.has_role(*APPROVERS) and scope.user_id not in (
        row.asked_by_id, row.first_by_id,
    ):  # fmt: skip
        held.add(APPROVER)
    if scope.kind == "agency" and scope.pool_id == row.pool_id and scope.has_role(*PAYERS):
        held.add(PAYER)
    return frozenset(held)


def year_of_prepayment(row: Prepayment) -> AgreementYear:
    return AgreementYear.objects.select_related("batch__policy").get(
        batch=row.batch_id, year_no=row.year_no
    )


def agency_prepayment(row: Prepayment) -> Prepayment | None:
    """The working capital that a supplier's advance is drawn from."""
    rows = Prepayment.objects.filter(
        pool=row.pool_id, batch=row.batch_id, year_no=row.year_no, kind=Kind.AGENCY
    )
    return rows.exclude(state="refused").first()


def left_of(row: Prepayment) -> Decimal:
    """Yuan of it that is neither used up nor returned; a sum of ledger entries.

    Of the agency's what suppliers were advanced from it is gone. Advances of a supplier are used by
    its statements in the order in which they were paid.
    """
    if row.kind == Kind.SUPPLIER:
        return _left_of_advance(row)
    own: Decimal = source_balance(Purpose.PREPAID, SourceKind.PREPAYMENT, row.pk)
    if row.kind == Kind.AGENCY:
        drawn = Posting.objects.filter(
            account__purpose=Purpose.PREPAID, entry__source_kind=SourceKind.PREPAYMENT,
            entry__source_id__in=advances_from(row).values("pk"),
        )  # fmt: skip
        own += drawn.aggregate(total=Sum("amount"))["total"] or ZERO
    return own


def advances_from(row: Prepayment) -> QuerySet[Prepayment]:
    """Suppliers' advances of the same pool, batch and year."""
    return Prepayment.objects.filter(
        pool=row.pool_id, batch=row.batch_id, year_no=row.year_no, kind=Kind.SUPPLIER
    )


def _left_of_advance(row: Prepayment) -> Decimal:
    paid = Prepayment.objects.filter(
        pool=row.pool_id, enterprise=row.enterprise_id, kind=Kind.SUPPLIER, paid_on__isnull=False
    ).order_by("paid_on", "pk")
    lines = Posting.objects.filter(
        account__pool=row.pool_id, account__purpose=Purpose.ADVANCE,
        account__enterprise=row.enterprise_id,
    )  # fmt: skip
    own = dict(
        lines.filter(entry__source_kind=SourceKind.PREPAYMENT)
        .values_list("entry__source_id").annotate(total=Sum("amount"))
    )  # fmt: skip
    all_of_it: Decimal = lines.aggregate(total=Sum("amount"))["total"] or ZERO
    used = sum(own.values(), ZERO) - all_of_it
    for each in paid:
        part = min(own.get(each.pk, ZERO), used)
        used -= part
        if each.pk == row.pk:
            left: Decimal = own.get(each.pk, ZERO) - part
            return left
    return ZERO


def entries_of(row: Prepayment) -> QuerySet[LedgerEntry]:
    """What was booked of it, and what took entries of it back, oldest first."""
    of_it = Q(source_kind=SourceKind.PREPAYMENT, source_id=row.pk)
    back = Q(reverses__source_kind=SourceKind.PREPAYMENT, reverses__source_id=row.pk)
    return LedgerEntry.objects.filter(of_it | back).order_by("occurred_on", "pk")


def bureau_of(pool: Pool) -> Organisation | None:
    rows = Organisation.objects.filter(kind="bureau", region_id=pool.region_id, is_active=True)
    return rows.order_by("code").first()


def paying_office(pool: Pool) -> Organisation | None:
    rows = Organisation.objects.filter(kind="agency", pool=pool, is_active=True)
    return rows.order_by("code").first()
