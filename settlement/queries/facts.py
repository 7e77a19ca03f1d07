"""What was accepted and sent back of selected lines, beside what statements say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Min

from core.workdays.deadlines import SHANGHAI
from organisations.models import Pool
from settlement.models import Statement
from settlement.queries.terms import MoneyTerms, money_terms

SQL = (Path(__file__).parent / "facts.sql").read_text(encoding="utf-8")
ZERO = Decimal(0)


@dataclass(frozen=True)
class Fact:
    """A receipt or return: packs and yuan are signed; `settleable` is what codes allow of it.

    `stated_…`: Σ of its live lines; `held_amount` the part in held statements; `struck_…` the
    newest line that was struck.
    """

    source: str
    fact_id: int
    fact_at: datetime
    line_id: int
    ordered_at: datetime
    institution_id: int
    product_id: int
    batch_id: int
    unit_price: Decimal
    packs: Decimal
    payee_id: int
    mode: str
    amount: Decimal
    settleable_amount: Decimal
    settleable: Decimal
    stated_packs: Decimal
    stated_amount: Decimal
    stated_lines: int
    struck_id: int | None
    struck_state: str | None
    held_amount: Decimal | None
    order_no: str
    line_no: int
    invoice_no: str


@dataclass(frozen=True)
class Whereabouts:
    """Yuan: Σ accepted − Σ returned (`net`) and where it stands; the parts sum to it."""

    net: Decimal
    stated: Decimal
    held: Decimal
    disputed: Decimal
    blocked: Decimal
    not_yet: Decimal


def month_after(month: date, count: int = 1) -> date:
    number = month.year * 12 + month.month - 1 + count
    return date(number // 12, number % 12 + 1, 1)


def first_month(pool: Pool) -> date | None:
    """Where the platform began to settle for a pool; None before its first statement."""
    found: date | None = Statement.objects.filter(pool=pool).aggregate(m=Min("month"))["m"]
    return found


def facts(
    pool: Pool, *, since: date, until: date, terms: Sequence[MoneyTerms] | None = None
) -> list[Fact]:
    """Facts of business days from `since` and before `until`; one query."""
    held = money_terms(until) if terms is None else terms
    given: dict[str, Any] = {
        "pool": pool.pk, "from_at": _midnight(since), "to_at": _midnight(until),
        "batches": [each.batch_id for each in held], "payees": [each.payee for each in held],
        "modes": [each.mode for each in held], "codes": [each.codes for each in held],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(SQL, given)
        names = [column.name for column in cursor.description or ()]
        return [Fact(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def whereabouts(rows: Sequence[Fact]) -> Whereabouts:
    """Where the money of facts stands now. A struck fact waits under its reason until it is stated."""
    held = disputed = blocked = not_yet = stated = ZERO
    for row in rows:
        in_held = row.held_amount or ZERO
        held += in_held
        stated += row.stated_amount - in_held
        stopped = row.amount - row.settleable_amount
        blocked += stopped
        rest = row.settleable_amount - row.stated_amount
        if row.struck_state in ("disputed", "unanswered") and not row.stated_lines:
            disputed += rest
        else:
            not_yet += rest
    net = sum((row.amount for row in rows), ZERO)
    return Whereabouts(net, stated, held, disputed, blocked, not_yet)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=SHANGHAI)
