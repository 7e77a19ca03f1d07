"""What is under way, as each party has it: counts, by whom it is late, of which products. Live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, Count, ExpressionWrapper, F, QuerySet

from catalog.models import Product
from organisations.models import Organisation
from organisations.queries.scope import Scope
from procurement.models import Delivery, LineProgress
from procurement.queries.order_outcomes import parts
from procurement.queries.quantity_account import Account, accounts, visible_accounts
from procurement.queries.receiving import late_since, receipt_dues, waiting_deliveries
from procurement.queries.supply_sums import organisations_named
from procurement.queries.visible import visible_progress
from procurement.states.order_line import UNDER_WAY

SHOWN = 50
FIGURES = ("lines", "to_answer", "unanswered", "late", "to_receive")
MOST_ACCOUNTS = 2_000
# What GROUPING(party, product) says: a bit for each that a row does not have.
BY_PARTY, BY_PRODUCT, ALL = 1, 2, 3


@dataclass(frozen=True)
class UnderWay:
    """Lines under way of one party or product: all, unanswered, unanswered too long, late, there."""

    name: str
    code: str
    lines: int
    to_answer: int
    unanswered: int
    late: int
    to_receive: int


def counted(now: datetime) -> dict[str, Count]:
    """Each a number of lines under way, by the one definition that their lists have too."""
    found = parts(now)
    return {name: Count("pk", filter=found[name]) for name in FIGURES}


def under_way(scope: Scope) -> QuerySet[LineProgress]:
    return visible_progress(scope).filter(state__in=UNDER_WAY)


@dataclass(frozen=True)
class Overview:
    """All that the reader sees under way; the parties and products that are latest, at most SHOWN."""

    totals: dict[str, int]
    parties: list[UnderWay]
    products: list[UnderWay]


def overview(scope: Scope, now: datetime) -> Overview:
    """One pass over the lines under way, and one look-up each of the names.

    Parties are the other side: institutions to who only delivers, else distributors.
    """
    side = "institution_id" if _only_delivers(scope) else "distributor_id"
    found = {name: ExpressionWrapper(q, BooleanField()) for name, q in parts(now).items()}
    rows: Any = (
        under_way(scope).order_by().annotate(**{f"is_{name}": found[name] for name in FIGURES})
    )
    chosen = rows.values_list(side, "product_id", *(f"is_{name}" for name in FIGURES))
    try:
        inner, parameters = chosen.query.sql_with_params()
    except EmptyResultSet:  # who sees no line at all
        return Overview(dict.fromkeys(FIGURES, 0), [], [])
    columns = ", ".join(["party", "product", *FIGURES])
    sums = ", ".join(f"count(*) FILTER (WHERE {name}) AS {name}" for name in FIGURES)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT party, product, GROUPING(party, product), {sums}
            FROM ({inner}) AS line ({columns})
            GROUP BY GROUPING SETS ((), (party), (product))
            """,
            parameters,
        )
        groups: dict[int, list[tuple[Any, ...]]] = {ALL: [], BY_PARTY: [], BY_PRODUCT: []}
        for party, product, grouping, *figures in cursor.fetchall():
            groups[grouping].append((product if grouping == BY_PRODUCT else party, *figures))
    parties, products = _latest(groups[BY_PARTY]), _latest(groups[BY_PRODUCT])
    traders = organisations_named([row[0] for row in parties])
    named = Product.objects.in_bulk([row[0] for row in products])
    return Overview(
        dict(zip(FIGURES, groups[ALL][0][1:], strict=True)),
        [_of(traders.get(row[0]), row) for row in parties],
        [_of(named.get(row[0]), row) for row in products],
    )


def _only_delivers(scope: Scope) -> bool:
    return scope.kind == "enterprise" and not scope.is_manufacturer


def _latest(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Most late first, then most unanswered, then most lines."""
    late, unanswered, lines = (FIGURES.index(name) + 1 for name in ("late", "unanswered", "lines"))
    rows.sort(key=lambda row: (-row[late], -row[unanswered], -row[lines], row[0] is None, row[0]))
    return rows[:SHOWN]


def _of(named: Organisation | Product | None, row: tuple[Any, ...]) -> UnderWay:
    figures: dict[str, int] = dict(zip(FIGURES, row[1:], strict=True))
    if named is None:
        return UnderWay("未写明", "", **figures)
    name = named.name if isinstance(named, Organisation) else str(named)
    return UnderWay(name, named.code, **figures)


@dataclass(frozen=True)
class ReceiptWork:
    """Deliveries that wait at the own door, and how many of them are past their day."""

    waiting: int
    overdue: int


def receipt_work(scope: Scope, now: datetime) -> ReceiptWork:
    """Of an institution: each delivery with its own deadline in working days."""
    rows: list[Delivery] = list(waiting_deliveries(scope).filter(delivered_at__isnull=False))
    return ReceiptWork(len(rows), late_since(receipt_dues(rows, scope.on).values(), now))


def behind_accounts(scope: Scope, now: datetime) -> list[Account]:
    """Accounts of years under way whose completion is below time progress, the widest gap first."""
    rows = (
        visible_accounts(scope, now)
        .filter(
            batch__years__year_no=F("year_no"), batch__years__starts_on__lte=scope.on,
            batch__years__ends_on__gte=scope.on,
        )
        .select_related("batch", "product__group", "institution", "county", "manufacturer")
        .order_by("pk")[:MOST_ACCOUNTS]
    )  # fmt: skip
    found = [
        row for row in accounts(scope, rows, now)
        if row.completion is not None and row.completion < row.time_progress
    ]  # fmt: skip
    found.sort(key=lambda row: ((row.completion or 0) - row.time_progress, row.pk))
    return with_lines(scope, found[:SHOWN], now)


def with_lines(scope: Scope, found: Sequence[Account], now: datetime) -> list[Account]:
    """The accounts with the counts of their own institution's lines under way; one query."""
    if not found:
        return []
    rows: Any = (
        under_way(scope)
        .filter(
            institution__in={row.line.institution_id for row in found},
            product__in={row.line.product_id for row in found},
        )
        .values("institution_id", "product_id")
        .annotate(**counted(now))
    )  # fmt: skip
    held = {(row["institution_id"], row["product_id"]): row for row in rows}
    return [
        replace(row, under_way={name: own[name] for name in FIGURES})
        if (own := held.get((row.line.institution_id, row.line.product_id)))
        else row
        for row in found
    ]
