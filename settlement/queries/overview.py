"""Money of one pool for those who answer for it: due, ageing, reconciliation, budget against use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from catalog.models import AgreementYear
from core.workdays.deadlines import day_end
from organisations.models import Pool
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, region_subtree, within
from procurement.models import Payment
from settlement.models import Statement, StatementLine
from settlement.queries.agreed_money import effective_lines, worth
from settlement.queries.facts import Whereabouts, facts, first_month, month_after, whereabouts
from settlement.states.statement import APPROVED, OWED

ZERO = Decimal(0)
AGES = ((0, "未到期"), (30, "逾期 1–30 天"), (90, "逾期 31–90 天"), (None, "逾期 90 天以上"))


@dataclass(frozen=True)
class Age:
    label: str
    count: int
    amount: Decimal


@dataclass(frozen=True)
class BatchMoney:
    """One agreement year of a batch in a pool, in yuan; use: what approved statements state."""

    batch: str
    year_no: int
    budget: Decimal
    used: Decimal
    paid: Decimal

    @property
    def share(self) -> Decimal | None:
        return self.used / self.budget if self.budget else None


@dataclass(frozen=True)
class PoolMoney:
    since: date | None
    where: Whereabouts | None
    ages: tuple[Age, ...]
    due: list[Any]
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


def pool_money(pool: Pool, *, on: date, at: datetime) -> PoolMoney:
    """Everything on a day; a handful of queries."""
    since = first_month(pool)
    where = whereabouts(facts(pool, since=since, until=month_after(on))) if since else None
    owed = Statement.objects.filter(pool=pool, state__in=OWED, total__gt=0).select_related("payee")
    approved = Statement.objects.filter(pool=pool, state__in=APPROVED)
    sums = approved.aggregate(total=Sum("total"), paid=Sum("paid"))
    return PoolMoney(
        since, where, ages(list(owed), on), list(owed.order_by("due_on", "pk")[:20]),
        batches(pool, on), sums["total"] or ZERO, sums["paid"] or ZERO,
    )  # fmt: skip


def ages(owed: list[Statement], on: date) -> tuple[Age, ...]:
    """Open amounts by days overdue: due_on itself is in time, the day after is day 1."""
    rows: list[list[Statement]] = [[] for _ in AGES]
    for row in owed:
        late = (on - row.due_on).days
        place = next(i for i, (most, _) in enumerate(AGES) if most is None or late <= most)
        rows[place].append(row)
    return tuple(
        Age(label, len(found), sum((row.open_amount for row in found), ZERO))
        for (_, label), found in zip(AGES, rows, strict=True)
    )


def batches(pool: Pool, on: date) -> list[BatchMoney]:
    """Agreement years that run on the day: 专项预算 against what statements made owed and paid."""
    found = []
    running = AgreementYear.objects.filter(starts_on__lte=on, ends_on__gte=on)
    for year in running.select_related("batch").order_by("batch__code"):
        budget = worth(
            effective_lines(day_end(on)).filter(pool=pool, batch=year.batch, year_no=year.year_no)
        )
        lines = StatementLine.objects.filter(
            statement__pool=pool, statement__state__in=APPROVED, state="live", batch=year.batch,
            fact_at__gte=day_end(year.starts_on - timedelta(days=1)), fact_at__lt=day_end(year.ends_on),
        )  # fmt: skip
        used: Decimal = lines.aggregate(total=Sum("amount"))["total"] or ZERO
        paid: Decimal = (
            Payment.objects.filter(
                pool=pool, batch=year.batch, payment_no__contains="~",
                paid_on__range=(year.starts_on, year.ends_on),
            ).aggregate(total=Sum("amount"))["total"]
            or ZERO
        )  # fmt: skip
        if budget or used:
            found.append(BatchMoney(str(year.batch), year.year_no, budget, used, paid))
    return found
