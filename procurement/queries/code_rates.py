"""应采尽采: of the drug packs that each institution accepted, how many codes it collected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from organisations.queries.scope import Scope
from procurement.models import CodeEvent, Receipt
from procurement.queries.codes import visible_code_events
from procurement.queries.visible import visible_receipts


@dataclass(frozen=True)
class CollectionRate:
    """Accepted packs of drugs less corrections, and codes received, of one institution's month."""

    name: str
    code: str
    city: str
    county: str
    accepted: Decimal
    collected: int

    @property
    def rate(self) -> Decimal | None:
        return Decimal(self.collected) / self.accepted if self.accepted > 0 else None


def read_month(text: str) -> date:
    """The first day of "YYYY-MM" within this century. Raises ValueError for anything else."""
    month = date.fromisoformat(f"{text}-01")
    if not 2000 <= month.year <= 2099:
        raise ValueError(text)
    return month


def month_bounds(month: date) -> tuple[datetime, datetime]:
    after = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    start, end = (timezone.make_aware(datetime.combine(day, time.min)) for day in (month, after))
    return start, end


def drug_receipts(scope: Scope, month: date) -> QuerySet[Receipt]:
    """The denominator's lines: receipts and corrections of drugs in the month."""
    start, end = month_bounds(month)
    return visible_receipts(scope).filter(
        received_at__gte=start, received_at__lt=end, product__category="drug"
    )


def collected_codes(scope: Scope, month: date, kind: str) -> QuerySet[CodeEvent]:
    """Packs' codes (no cases) of drugs that were received in the month, or taken out by corrections.

    The numerator is the first less the second, as the denominator is receipts with corrections.
    """
    start, end = month_bounds(month)
    return visible_code_events(scope).filter(
        kind=kind, at__gte=start, at__lt=end,
        trace_code__kind="drug", trace_code__is_case=False,
    )  # fmt: skip


def collection_rates(scope: Scope, month: date) -> list[CollectionRate]:
    """Per institution that accepted drugs in the month, lowest rate first."""
    received, corrected = (
        dict(
            collected_codes(scope, month, kind)
            .values_list("institution_id")
            .annotate(n=Count("pk"))
        )
        for kind in (CodeEvent.Kind.RECEIVED, CodeEvent.Kind.CORRECTED)
    )
    rows: Any = (
        drug_receipts(scope, month)
        .values(
            "institution_id", "institution__name", "institution__code", "city__name",
            "county__name",
        )
        .annotate(packs=Sum("accepted_packs"))
        .filter(~Q(packs=0))
    )  # fmt: skip
    found = [
        CollectionRate(
            name=row["institution__name"], code=row["institution__code"],
            city=row["city__name"] or "", county=row["county__name"] or "",
            accepted=row["packs"],
            collected=received.get(row["institution_id"], 0)
            - corrected.get(row["institution_id"], 0),
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda each: (each.rate or Decimal(0), each.code))
