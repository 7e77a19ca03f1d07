"""Totals of a task by group: read from the sums per county that the figures' triggers keep."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, Sum

from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, condition, region_alternatives, within
from volumes.models import GroupTotal


def visible_group_totals(scope: Scope) -> QuerySet[GroupTotal]:
    """Sums of counties in the authority's region; units and agencies have no such page."""
    seen = condition(region_alternatives(scope)) if scope.is_business else NOTHING
    return within(scope, GroupTotal.objects.all(), seen)


@dataclass(frozen=True)
class TotalOfGroup:
    """One group over all units that one sees: who reported, Σ, last year's Σ, what stands out."""

    code: str
    name: str
    base_unit: str
    units: int
    reported: Decimal
    prior: Decimal
    dropped: int
    risen: int

    @property
    def change(self) -> Decimal | None:
        return (self.reported - self.prior) / self.prior if self.prior else None


def group_totals(scope: Scope, task_id: int) -> list[TotalOfGroup]:
    """Totals by group against last year, one query over counties; handed in figures only.

    Base units. A province of 100 counties × 350 groups reads 35,000 sums instead of 900,000 lines.
    """
    rows = (
        visible_group_totals(scope)
        .filter(task=task_id, lines__gt=0)
        .values("group__code", "group__name", "group__base_unit")
        .annotate(
            of_units=Sum("units"), reported=Sum("reported_qty"), prior=Sum("prior_year_qty"),
            of_dropped=Sum("dropped"), of_risen=Sum("risen"),
        )
        .order_by("group__code")
    )  # fmt: skip
    return [
        TotalOfGroup(
            row["group__code"], row["group__name"], row["group__base_unit"], row["of_units"],
            row["reported"], row["prior"], row["of_dropped"], row["of_risen"],
        )
        for row in rows
    ]  # fmt: skip
