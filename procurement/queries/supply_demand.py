"""One product's demand by institution and month, and how its distributors keep up."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import F, Q, Sum

from catalog.models import Product
from contracts.queries.visible import visible_agreement_lines
from organisations.models import Organisation
from organisations.queries.scope import Scope
from procurement.queries.code_rates import month_bounds
from procurement.queries.quantity_account import effective
from procurement.queries.supply_sums import SupplySum, organisations_named, supply_sums

MONTHS = 12


@dataclass(frozen=True)
class InstitutionDemand:
    """Packs ordered by month, oldest first; `agreed` base units of the years under way."""

    institution: Organisation
    agreed: Decimal
    months: tuple[Decimal, ...]
    lines: int
    late: int

    @property
    def packs(self) -> Decimal:
        return sum(self.months, Decimal(0))


@dataclass(frozen=True)
class TraderSupply:
    distributor: Organisation | None
    sums: SupplySum


@dataclass
class Demand:
    product: Product
    months: list[str] = field(default_factory=list)
    institutions: list[InstitutionDemand] = field(default_factory=list)
    traders: list[TraderSupply] = field(default_factory=list)


def months_until(on: date) -> list[date]:
    """First days of the last MONTHS months with that of `on`, oldest first."""
    found = [on.replace(day=1)]
    while len(found) < MONTHS:
        first = found[0]
        found.insert(0, date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1))
    return found


def product_demand(scope: Scope, product: Product, at: datetime) -> Demand:
    """Of the last twelve months; institutions with an agreement and no order stand there too."""
    months = months_until(scope.on)
    start, until = month_bounds(months[0])[0], month_bounds(months[-1])[1]
    by_buyer, by_trader = supply_sums(
        scope, ("institution", "month"), ("distributor",),
        start=start, until=until, at=at, product=product,
    )  # fmt: skip
    names = [f"{month:%Y-%m}" for month in months]
    packs: dict[int, dict[str, Decimal]] = {}
    lines: dict[int, list[int]] = {}
    for row in by_buyer:
        pk, month = row.key
        packs.setdefault(pk, {})[month] = row.packs
        counted = lines.setdefault(pk, [0, 0])
        counted[0] += row.lines
        counted[1] += row.late + row.never
    agreed = _agreed(scope, product, at)
    named = organisations_named([*packs, *agreed])
    demand = [
        InstitutionDemand(
            institution=named[pk], agreed=agreed.get(pk, Decimal(0)),
            months=tuple(packs.get(pk, {}).get(name, Decimal(0)) for name in names),
            lines=lines.get(pk, [0, 0])[0], late=lines.get(pk, [0, 0])[1],
        )
        for pk in {*packs, *agreed}
    ]  # fmt: skip
    traders = organisations_named([row.key[0] for row in by_trader])
    return Demand(
        product=product,
        months=names,
        institutions=sorted(demand, key=lambda row: (-row.packs, row.institution.code)),
        traders=sorted(
            (TraderSupply(traders.get(row.key[0]), row) for row in by_trader),
            key=lambda each: (-(each.sums.late + each.sums.never), -each.sums.lines),
        ),
    )


def _agreed(scope: Scope, product: Product, at: datetime) -> dict[int, Decimal]:
    """Base units by institution, of effective agreements whose year is under way."""
    rows = (
        visible_agreement_lines(scope)
        .filter(
            effective(at), Q(ended_at__isnull=True) | Q(ended_at__gt=at), product=product,
            batch__years__year_no=F("year_no"), batch__years__starts_on__lte=scope.on,
            batch__years__ends_on__gte=scope.on,
        )
        .values("institution_id")
        .annotate(agreed=Sum("agreed_qty"))
    )  # fmt: skip
    return {row["institution_id"]: row["agreed"] for row in rows}
