"""The quantity account (约定量账户): agreed, ordered, accepted, released, adjusted — always by sum.

An account is an institution × product × batch year with an effective agreement. Nothing of it is
stored: one set-based statement over the lines gives the figures of a page of accounts, and the same
statement restricted to one account gives the lines that a figure is made of. A consortium's member
without an own agreement of that product draws on its lead's (where the lead has none, on that of the
member that has). Quantities are base units.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from contracts.models import AgreementLine
from contracts.queries.visible import visible_agreement_lines
from core.workdays.deadlines import shanghai_day
from organisations.models import Organisation
from organisations.queries.consortia import lead_of, unit_of
from organisations.queries.scope import Scope
from organisations.queries.visibility import party_alternatives

LINES = (Path(__file__).parent / "quantity_account.sql").read_text(encoding="utf-8")
SIGNATURES = ("institution_signed_at", "manufacturer_signed_at", "distributor_signed_at")
MEASURES = {
    "agreed": "约定采购量",
    "ordered": "已下单",
    "released": "已释放（撤单、拒绝、拒收、关闭余量）",
    "outstanding": "已订未收",
    "accepted": "已验收（减退货）",
    "adjusted": "核实备供折算",
}
ZERO = Decimal(0)


@dataclass(frozen=True)
class Account:
    """One account in base units; `line` is the agreement line that stands for it."""

    line: AgreementLine
    agreed: Decimal
    ordered: Decimal
    released: Decimal
    outstanding: Decimal
    accepted: Decimal
    adjusted: Decimal
    time_progress: Decimal
    under_way: Mapping[str, int] = field(default_factory=dict)
    """Lines of the own institution that are under way, where they were asked for."""

    @property
    def pk(self) -> int:
        return self.line.pk

    @property
    def consumed(self) -> Decimal:
        """What counts as done: the numerator of 约定采购量完成率."""
        return self.accepted + self.adjusted

    @property
    def remaining(self) -> Decimal:
        """Agreed less what was consumed and what is on its way; negative when over."""
        return self.agreed - self.consumed - self.outstanding

    @property
    def completion(self) -> Decimal | None:
        return self.consumed / self.agreed if self.agreed else None

    def __str__(self) -> str:
        return f"{self.line.institution.name} {self.line.product}"


@dataclass(frozen=True)
class AccountEntry:
    """One line that a figure is made of."""

    measure: str
    source: str
    number: str
    institution: str
    at: datetime | None
    quantity: Decimal
    note: str

    @property
    def measure_label(self) -> str:
        return MEASURES[self.measure]


def effective(at: datetime, prefix: str = "") -> Q:
    """Agreement lines that all three parties had signed before `at`."""
    return Q(**{f"{prefix}{column}__lt": at for column in SIGNATURES})


def visible_accounts(scope: Scope, at: datetime) -> QuerySet[AgreementLine]:
    """One agreement line for each account that the reader may see: the first of its kind."""
    # Of those that the reader sees: a distributor may carry one of two agreements of an account.
    seen = visible_agreement_lines(scope).filter(effective(at))
    earlier = seen.filter(
        institution=OuterRef("institution_id"), batch=OuterRef("batch_id"),
        year_no=OuterRef("year_no"), product=OuterRef("product_id"), pk__lt=OuterRef("pk"),
    )  # fmt: skip
    return seen.filter(~Exists(earlier))


def drawn_lines(scope: Scope, institution: Organisation, at: datetime) -> list[AgreementLine]:
    """The running accounts on which its purchases draw, one a product; of those that are seen.

    Its own, else its consortium lead's, else that of the member with the lowest id, as the
    statement counts them. Three queries.
    """
    day = shanghai_day(at)
    lead = lead_of(institution, day)
    first = [institution.pk, lead.pk if lead else institution.pk]
    rows = (
        visible_accounts(scope, at)
        .filter(
            institution__in=unit_of(institution, day), ended_at__isnull=True,
            batch__years__year_no=F("year_no"), batch__years__starts_on__lte=day,
            batch__years__ends_on__gte=day,
        )
        .select_related("product__manufacturer", "product__group", "batch", "institution")
        .order_by("product__name", "pk")
    )  # fmt: skip
    drawn: dict[int, AgreementLine] = {}
    for row in sorted(rows, key=lambda row: (*(row.institution_id != pk for pk in first),
                                             row.institution_id)):  # fmt: skip
        drawn.setdefault(row.product_id, row)
    return [row for row in rows if drawn[row.product_id] is row]


def accounts(scope: Scope, lines: Iterable[AgreementLine], at: datetime) -> list[Account]:
    """The accounts of these agreement lines in their order; two queries for any number.

    Figures are sums of the lines that the reader may see: a distributor's own, a member's own.
    """
    rows = list(lines)
    if not rows:
        return []
    sums: dict[int, dict[str, Decimal]] = {row.pk: {} for row in rows}
    seen, parameters = _seen(scope)
    sql = f"""
        SELECT x.account_id, x.measure, sum(x.quantity) FROM ({LINES}) x
        WHERE {seen} GROUP BY x.account_id, x.measure
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters | _parameters([row.pk for row in rows], at))
        for account, measure, quantity in cursor.fetchall():
            sums[account][measure] = quantity
    years = _years(rows)
    day = shanghai_day(at)
    return [
        Account(
            line=row,
            time_progress=_progress(years.get((row.batch_id, row.year_no)), day),
            **dict[str, Any]({name: sums[row.pk].get(name, ZERO) for name in MEASURES}),
        )
        for row in rows
    ]


def account_entries(scope: Scope, line: AgreementLine, at: datetime) -> list[AccountEntry]:
    """The lines of one account, newest first; Σ by measure is the account's figure."""
    seen, parameters = _seen(scope)
    sql = f"""
        SELECT x.measure, x.source, COALESCE(o.order_no || '-' || l.line_no, x.number) AS number,
               i.name, x.at, x.quantity, x.note
        FROM ({LINES}) x
        JOIN organisations_organisation i ON i.id = x.institution_id
        LEFT JOIN procurement_orderline l ON l.id = x.line_id AND l.ordered_at = x.ordered_at
        LEFT JOIN procurement_order o ON o.id = l.order_id
        WHERE {seen}
        ORDER BY x.at DESC NULLS LAST, number, x.measure
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters | _parameters([line.pk], at))
        return [AccountEntry(*row) for row in cursor.fetchall()]


def _parameters(ids: Sequence[int], at: datetime) -> dict[str, Any]:
    return {"accounts": list(ids), "at": at, "day": shanghai_day(at)}


def _seen(scope: Scope) -> tuple[str, dict[str, Any]]:
    """The rule of sight on the lines, as `party_rows` has it."""
    alternatives = party_alternatives(scope)
    if not alternatives:
        return "FALSE", {}
    either = " OR ".join(f"x.{column} = ANY (%(seen_{column})s)" for column, _ in alternatives)
    return f"({either})", {f"seen_{column}": sorted(ids) for column, ids in alternatives}


def _years(rows: Sequence[AgreementLine]) -> dict[tuple[int, int], tuple[date, date]]:
    found = AgreementLine.objects.filter(
        pk__in=[row.pk for row in rows], batch__years__year_no=F("year_no")
    ).values_list("batch_id", "year_no", "batch__years__starts_on", "batch__years__ends_on")
    return {(batch, year): (starts, ends) for batch, year, starts, ends in found}


def _progress(year: tuple[date, date] | None, day: date) -> Decimal:
    """Elapsed ÷ days of the year, both ends counted, between 0 and 1."""
    if year is None:
        return ZERO
    starts, ends = year
    total = (ends - starts).days + 1
    elapsed = min(max((day - starts).days + 1, 0), total)
    return Decimal(elapsed) / total
