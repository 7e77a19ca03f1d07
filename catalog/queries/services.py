"""Service items, prices, consumables, candidates and eligibility: who sees and who keeps them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import DecimalField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from catalog.models import (
    ServiceCandidate,
    ServiceConsumable,
    ServiceEligibility,
    ServiceItem,
    ServicePrice,
)
from catalog.queries.dated import holding
from catalog.rules.service_price import (
    DECIDING_ROLES,
    KEEPING_ROLES,
    keeps_items,
    keeps_prices,
)
from catalog.states.service_candidate import DECIDER, EVALUATOR
from core.transitions import Verdict
from organisations.models import Organisation
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, for_business, region_subtree, within

OBJECT_TYPE = "service_candidate"
YUAN = DecimalField(max_digits=18, decimal_places=4)


def visible_service_items(scope: Scope) -> QuerySet[ServiceItem]:
    """Items and prices are open to all of the trade."""
    return for_business(scope, ServiceItem.objects.all())


def visible_service_prices(scope: Scope) -> QuerySet[ServicePrice]:
    return for_business(scope, ServicePrice.objects.all())


def visible_service_consumables(scope: Scope) -> QuerySet[ServiceConsumable]:
    return for_business(scope, ServiceConsumable.objects.all())


def visible_service_candidates(scope: Scope) -> QuerySet[ServiceCandidate]:
    """What was adjusted is open; what is looked at is for the authorities of the region and above."""
    rows = ServiceCandidate.objects.all()
    if not scope.is_business:
        return within(scope, rows, NOTHING)
    adjusted = Q(state=ServiceCandidate.State.ADJUSTED)
    return within(scope, rows, adjusted | region_subtree(scope, "region"))


def visible_service_eligibility(scope: Scope) -> QuerySet[ServiceEligibility]:
    """The institution's own, its region's authorities, its pool's agency."""
    rows = ServiceEligibility.objects.all()
    if not scope.is_business:
        return within(scope, rows, NOTHING)
    seen = region_subtree(scope, "institution__region")
    if scope.institution_ids:
        seen |= Q(institution_id__in=sorted(scope.institution_ids))
    if scope.kind == "agency":
        seen |= Q(institution__pool_id=scope.pool_id)
    return within(scope, rows, seen)


def may_keep_items(scope: Scope) -> Verdict:
    return keeps_items(
        is_province_bureau=scope.is_province_bureau, has_role=scope.has_role(*KEEPING_ROLES)
    )


def may_price(scope: Scope) -> Verdict:
    """For the own region: the province's bureau, or a city's."""
    return keeps_prices(
        is_bureau=scope.is_bureau, level=scope.region_level, has_role=scope.has_role(*KEEPING_ROLES)
    )


def candidate_standings(scope: Scope, row: ServiceCandidate) -> frozenset[str]:
    """The bureau of the price's own region, and nobody above it."""
    if not may_price(scope) or scope.region_id != row.region_id:
        return frozenset()
    decides = scope.has_role(*DECIDING_ROLES)
    return frozenset({EVALUATOR, DECIDER} if decides else {EVALUATOR})


def assessable(scope: Scope) -> QuerySet[Organisation]:
    """Institutions of the own region that are there."""
    rows = Organisation.objects.filter(kind=Organisation.Kind.INSTITUTION, is_active=True)
    return within(scope, rows, region_subtree(scope, "region"))


def supply_regions(scope: Scope) -> list[int]:
    """Own city before own province."""
    return [pk for pk in (scope.city_id, scope.province_id) if pk is not None]


def with_own_prices(items: QuerySet[ServiceItem], scope: Scope, on: date) -> QuerySet[ServiceItem]:
    """Each with `own_price`, `neighbours`, `national` as the reader's region has them: its city's,
    else its province's. The price for all levels, else the highest level's."""
    return items.annotate(
        own_price=_of("in_force", scope, on),
        neighbours=_of("neighbours", scope, on),
        national=_of("national", scope, on),
    )


def tied_by(way: str, on: date) -> Q:
    """Items that consumables are tied to in this way on a day."""
    ties = ServiceConsumable.objects.filter(holding(on), way=way)
    return Q(pk__in=ties.values("item"))


def _of(kind: str, scope: Scope, on: date) -> Any:
    parts: list[Any] = []
    for region in supply_regions(scope):
        for level in headline_levels(kind):
            rows = ServicePrice.objects.filter(
                holding(on), item=OuterRef("pk"), region=region, kind=kind, level=level
            )
            parts.append(Subquery(rows.values("price")[:1]))
    if not parts:
        return Subquery(ServicePrice.objects.none().values("price")[:1], output_field=YUAN)
    return Coalesce(*parts, output_field=YUAN) if len(parts) > 1 else parts[0]


def headline_levels(kind: str) -> tuple[str, ...]:
    """Which level's price stands for the item: all levels', else tertiary's, secondary's, …"""
    return ("", "tertiary", "secondary", "primary", "other") if kind == "in_force" else ("",)
