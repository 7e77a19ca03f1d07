"""Money of one pool for those who answer for it: due, ageing, reconciliation, budget against use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Case, Q, QuerySet, Sum, When

from catalog.models import AgreementYear
from contracts.models import AgreementLine
from core.workdays.deadlines import day_end
from organisations.models import Pool
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, region_subtree, within
from settlement.models import Statement, StatementLine
from settlement.queries.agreed_money import effective, worth_by_year
from settlement.queries.due import (
    ZERO,
    Age,
    BatchAge,
    DueMonth,
    OpenShare,
    OtherDue,
    PoolDue,
    ages,
    batch_ages,
    due_months,
    open_shares,
    other_due,
)
from settlement.queries.facts import Whereabouts, facts, first_month, month_after, whereabouts
from settlement.states.statement import APPROVED, OWED

MOST_DUE = 20
A_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class BatchMoney:
    """One agreement year of a batch in a pool, in yuan; use: what approved statements state.

    ended: its last day if that is over.
    """

    batch: str
    year_no: int
    ended: date | None
    budget: Decimal
    used: Decimal
    paid: Decimal

    @property
    def share(self) -> Decimal | None:
        return self.used / self.budget if self.budget else None


@dataclass(frozen=True)
class PoolMoney:
    """`due`: the first statements to be paid; approved and paid: Σ of all of them, in yuan."""

    since: date | None
    where: Whereabouts | None
    ages: tuple[Age, ...]
    batch_ages: list[BatchAge]
    months: list[DueMonth]
    others: tuple[OtherDue, ...]
    due: list[Statement]
    batches: list[BatchMoney]
    approved: Decimal
    paid: Decimal


def visible_money_pools(scope: Scope) -> QuerySet[Pool]:
    """Pools whose accounts one reads: the agency its own, bureaus and finance those of the region."""
    seen = NOTHING
    if scope.is_business and scope.kind == "agency":
        seen = Q(pk=scope.pool_id)
    elif scope.kind in ("bureau", "finance"):
        seen = region_subtree(scope, "region")
    return within(scope, Pool.objects.all(), seen)


def chosen_pool(scope: Scope, pools: Sequence[Pool], sums: Sequence[PoolDue]) -> Pool | None:
    """What is opened first: the own region's pool if it has settled anything, else the first that has."""
    own = [row.pool for row in sums if row.pool.region_id == scope.region_id]
    busy = [row.pool for row in sums if row.approved or row.open]
    return next((pool for pool in own if pool in busy), None) or next(
        iter([*busy, *own, *pools]), None
    )


def pool_money(pool: Pool, *, on: date) -> PoolMoney:
    """Everything on a day; a handful of queries."""
    since = first_month(pool)
    where = whereabouts(facts(pool, since=since, until=month_after(on))) if since else None
    rows = Statement.objects.filter(pool=pool, state__in=OWED, total__gt=0).select_related("payee")
    owed = list(rows.order_by("due_on", "pk"))
    approved = Statement.objects.filter(pool=pool, state__in=APPROVED)
    sums = approved.aggregate(total=Sum("total"), paid=Sum("paid"))
    shares = open_shares([pool.pk])
    return PoolMoney(
        since, where, ages(owed, on), batch_ages(shares, owed, on), due_months(pool, on),
        other_due(pool), owed[:MOST_DUE], batches(pool, shares, on), sums["total"] or ZERO,
        sums["paid"] or ZERO,
    )  # fmt: skip


def batches(pool: Pool, shares: Sequence[OpenShare], on: date) -> list[BatchMoney]:
    """Agreement years that run on the day or ended within a year: 专项预算 against what statements
    made owed and paid. An agreement counts as it stood on the year's last day, or now.

    Paid is what was used less what is open of it: goods sent back after they were paid for lower
    both, though the payment of their order line stays what it was.
    """
    running = AgreementYear.objects.filter(starts_on__lte=on, ends_on__gt=on - A_YEAR)
    years = list(running.select_related("batch").order_by("batch__code", "year_no"))
    budgets, used = _budgets(pool, years, on), _used(pool, years)
    waits: dict[tuple[int | None, int | None], Decimal] = {}
    for share in shares:
        own = (share.batch_id, share.year_no)
        waits[own] = waits.get(own, ZERO) + share.amount
    found = []
    for year in years:
        key = (year.batch_id, year.year_no)
        budget, use = budgets.get(key, ZERO), used.get(year.pk, ZERO)
        if budget or use:
            ended = year.ends_on if year.ends_on < on else None
            paid = use - waits.get(key, ZERO)
            found.append(BatchMoney(str(year.batch), year.year_no, ended, budget, use, paid))
    return found


def _budgets(
    pool: Pool, years: Sequence[AgreementYear], on: date
) -> dict[tuple[int, int], Decimal]:
    """What the agreements of each year are worth, on its last day or now; one query."""
    chosen = NOTHING
    for year in years:
        standing = effective(day_end(min(year.ends_on, on)))
        chosen |= standing & Q(batch=year.batch_id, year_no=year.year_no)
    return worth_by_year(AgreementLine.objects.filter(chosen, pool=pool))


def _used(pool: Pool, years: Sequence[AgreementYear]) -> dict[int, Decimal]:
    """What approved statements state of each year's days, by the year's key; one query."""
    if not years:
        return {}
    of_year = Case(
        *(
            When(
                batch=year.batch_id, fact_at__gte=day_end(year.starts_on - timedelta(days=1)),
                fact_at__lt=day_end(year.ends_on), then=year.pk,
            )
            for year in years
        )
    )  # fmt: skip
    sums: Any = (
        StatementLine.objects.filter(
            statement__pool=pool, statement__state__in=APPROVED, state="live"
        )
        .annotate(of_year=of_year)
        .filter(of_year__isnull=False)
        .order_by()
        .values_list("of_year")
        .annotate(total=Sum("amount"))
    )
    return dict(sums)
