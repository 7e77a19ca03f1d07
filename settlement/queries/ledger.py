"""Balances are sums of postings; nothing is kept beside them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce

from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, region_subtree, within
from settlement.models import LedgerAccount, LedgerEntry, Posting

ZERO = Decimal(0)


def _pools(scope: Scope) -> Q:
    """Of the pool's agency, and of the bureaus and finance offices of its region."""
    if scope.is_business and scope.kind == "agency":
        return Q(pool_id=scope.pool_id)
    if scope.kind in ("bureau", "finance"):
        return region_subtree(scope, "pool__region")
    return NOTHING


def _own_account(scope: Scope, prefix: str = "") -> Q:
    if scope.is_business and scope.kind == "institution":
        return Q(**{f"{prefix}institution_id__in": sorted(scope.institution_ids)})
    if scope.is_business and scope.kind == "enterprise":
        own = sorted({scope.organisation_id, *scope.predecessor_ids})
        # What an enterprise is owed; what a hospital owes it is named on both sides.
        return Q(**{f"{prefix}enterprise_id__in": own})
    return NOTHING


def visible_ledger_accounts(scope: Scope) -> QuerySet[LedgerAccount]:
    """A party its own accounts; the pool's agency, bureaus and finance offices all of the pool."""
    return within(scope, LedgerAccount.objects.all(), _pools(scope) | _own_account(scope))


def visible_ledger_entries(scope: Scope) -> QuerySet[LedgerEntry]:
    """Entries that touch an account that one may see; of the other lines a party sees none."""
    seen = _pools(scope)
    if scope.is_business and scope.kind in ("institution", "enterprise"):
        lines = Posting.objects.filter(_own_account(scope, "account__"))
        seen = Q(pk__in=lines.values("entry_id"))
    return within(scope, LedgerEntry.objects.all(), seen)


def visible_postings(scope: Scope) -> QuerySet[Posting]:
    """The lines of visible accounts."""
    accounts = visible_ledger_accounts(scope)
    return within(scope, Posting.objects.all(), Q(account__in=accounts))


def balance(
    pool_id: int,
    purpose: str,
    *,
    institution_id: int | None = None,
    enterprise_id: int | None = None,
    until: date | None = None,
) -> Decimal:
    """Yuan, debits above 0, of one account by business date up to and with `until`."""
    rows = Posting.objects.filter(
        account__pool_id=pool_id, account__purpose=purpose,
        account__institution_id=institution_id, account__enterprise_id=enterprise_id,
    )  # fmt: skip
    if until is not None:
        rows = rows.filter(entry__occurred_on__lte=until)
    total: Decimal | None = rows.aggregate(total=Sum("amount"))["total"]
    return total or ZERO


def source_balance(purpose: str, kind: str, source_id: int) -> Decimal:
    """Yuan that entries of one source, reversals included, left on accounts of a purpose."""
    rows = Posting.objects.filter(account__purpose=purpose).filter(
        Q(entry__source_kind=kind, entry__source_id=source_id)
        | Q(entry__reverses__source_kind=kind, entry__reverses__source_id=source_id)
    )
    total: Decimal | None = rows.aggregate(total=Sum("amount"))["total"]
    return total or ZERO


def trial_balance(accounts: QuerySet[LedgerAccount], until: date) -> QuerySet[Any]:
    """The accounts with debit, credit and balance (yuan) of the business dates up to `until`."""
    in_time = Q(postings__entry__occurred_on__lte=until)
    debit = Sum(Case(When(postings__amount__gt=0, then=F("postings__amount"))), filter=in_time)
    credit = Sum(Case(When(postings__amount__lt=0, then=-F("postings__amount"))), filter=in_time)
    found: QuerySet[Any] = accounts.annotate(
        debit=Coalesce(debit, ZERO), credit=Coalesce(credit, ZERO)
    ).annotate(balance=F("debit") - F("credit"))
    return found


def sums_of(accounts: QuerySet[Any]) -> dict[str, Decimal]:
    """Debit, credit and their difference (yuan) of accounts of a trial balance; one query.

    Of whole pools the difference is 0; of some accounts, or of what one party may see, it need not be.
    """
    found = accounts.order_by().aggregate(debits=Sum("debit"), credits=Sum("credit"))
    debit, credit = found["debits"] or ZERO, found["credits"] or ZERO
    return {"debit": debit, "credit": credit, "difference": debit - credit}
