"""What is due when, and how old it is: by month, by pool, by batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, Sum

from catalog.models import Batch
from organisations.models import Pool
from settlement.models import Prepayment, RetentionSheet, Statement
from settlement.states.statement import OWED

SQL = (Path(__file__).parent / "open_by_batch.sql").read_text(encoding="utf-8")
ZERO = Decimal(0)
AGES = ((0, "未到期"), (30, "逾期 1–30 天"), (90, "逾期 31–90 天"), (None, "逾期 90 天以上"))
UNDER_WAY = ("drafted", "confirmed", "answered", "reviewed", "countersigned")


@dataclass(frozen=True)
class Age:
    """Statements and their open yuan by days overdue."""

    label: str
    count: int
    amount: Decimal


@dataclass(frozen=True)
class OpenShare:
    """Yuan of a statement that are open for one batch's agreement year; below 0 for returns."""

    statement_id: int
    batch_id: int
    year_no: int | None
    amount: Decimal


@dataclass(frozen=True)
class BatchAge:
    """A batch's share of the open yuan, one amount for each of AGES."""

    batch: str
    amounts: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        return sum(self.amounts, ZERO)


@dataclass(frozen=True)
class DueMonth:
    """Yuan to be paid by the end of a month: approved, and drafted but not approved yet."""

    month: date
    owed_count: int
    owed: Decimal
    under_way_count: int
    under_way: Decimal
    late: bool


@dataclass(frozen=True)
class PoolDue:
    """One pool beside the others, in yuan: approved, settled, open and overdue."""

    pool: Pool
    approved: Decimal
    paid: Decimal
    open: Decimal
    overdue: Decimal


@dataclass(frozen=True)
class OtherDue:
    """What waits to be paid without a last day: prepayments, 结余留用."""

    label: str
    count: int
    amount: Decimal


def place_of(due_on: date, on: date) -> int:
    """Index into AGES; due_on itself is in time, the day after is day 1."""
    late = (on - due_on).days
    return next(i for i, (most, _) in enumerate(AGES) if most is None or late <= most)


def ages(owed: Iterable[Statement], on: date) -> tuple[Age, ...]:
    """Open amounts of statements by days overdue."""
    rows: list[list[Statement]] = [[] for _ in AGES]
    for row in owed:
        rows[place_of(row.due_on, on)].append(row)
    return tuple(
        Age(label, len(found), sum((row.open_amount for row in found), ZERO))
        for (_, label), found in zip(AGES, rows, strict=True)
    )


def open_shares(pools: Sequence[int]) -> list[OpenShare]:
    """What is open of every owed statement of the pools, told apart; one query."""
    with connection.cursor() as cursor:
        cursor.execute(SQL, {"pools": list(pools), "states": list(OWED)})
        return [OpenShare(*row) for row in cursor.fetchall()]


def batch_ages(shares: Iterable[OpenShare], owed: Iterable[Statement], on: date) -> list[BatchAge]:
    """The same by batch: Σ over batches is Σ of the statements."""
    places = {row.pk: place_of(row.due_on, on) for row in owed}
    found: dict[int, list[Decimal]] = defaultdict(lambda: [ZERO] * len(AGES))
    for share in shares:
        if share.statement_id in places and share.amount:
            found[share.batch_id][places[share.statement_id]] += share.amount
    names = Batch.objects.in_bulk(found)
    rows = [BatchAge(str(names[pk]), tuple(amounts)) for pk, amounts in found.items()]
    return sorted(rows, key=lambda row: row.batch)


def due_months(pool: Pool, on: date) -> list[DueMonth]:
    """Every month in which something is still to be paid, the oldest first."""
    owed, way = Q(state__in=OWED, total__gt=F("paid")), Q(state__in=UNDER_WAY, total__gt=0)
    rows = (
        Statement.objects.filter(owed | way, pool=pool)
        .values("due_on__year", "due_on__month").order_by("due_on__year", "due_on__month")
        .annotate(
            owed_count=Count("pk", filter=owed), owed=Sum(F("total") - F("paid"), filter=owed),
            way_count=Count("pk", filter=way), way=Sum("total", filter=way),
        )
    )  # fmt: skip
    this = on.replace(day=1)
    return [
        DueMonth(
            month, row["owed_count"], row["owed"] or ZERO, row["way_count"], row["way"] or ZERO,
            month < this,
        )
        for row in rows
        for month in [date(row["due_on__year"], row["due_on__month"], 1)]
    ]  # fmt: skip


def pools_due(pools: Sequence[Pool], on: date) -> list[PoolDue]:
    """One row per pool, in their order; one query."""
    approved = Q(state__in=(*OWED, "paid"))
    owed = Q(state__in=OWED, total__gt=F("paid"))
    sums: dict[int, dict[str, Any]] = {
        row["pool"]: dict(row)
        for row in Statement.objects.filter(pool__in=pools).values("pool").order_by("pool")
        .annotate(
            approved=Sum("total", filter=approved), settled=Sum("paid", filter=approved),
            open=Sum(F("total") - F("paid"), filter=owed),
            late=Sum(F("total") - F("paid"), filter=owed & Q(due_on__lt=on)),
        )
    }  # fmt: skip
    return [
        PoolDue(pool, *(sums.get(pool.pk, {}).get(name) or ZERO
                        for name in ("approved", "settled", "open", "late")))
        for pool in pools
    ]  # fmt: skip


def other_due(pool: Pool) -> tuple[OtherDue, ...]:
    """Approved prepayments, and sheets of countersigned runs, that are not paid."""
    prepaid = Prepayment.objects.filter(pool=pool, state="approved")
    kept = RetentionSheet.objects.filter(
        run__pool=pool, run__state__in=("countersigned", "agreed"), retained__gt=0
    )
    found = []
    for label, rows, column in (
        ("预付金，已批准未拨付", prepaid, "amount"), ("结余留用，已会签未拨付", kept, "retained"),
    ):  # fmt: skip
        sums = rows.aggregate(count=Count("pk"), amount=Sum(column))
        found.append(OtherDue(label, sums["count"], sums["amount"] or ZERO))
    return tuple(found)
