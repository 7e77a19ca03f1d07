"""What the page of one service shows: prices, consumables, their cost, candidates, the own price."""

from __future__ import annotations

from datetime import date
from typing import Any

from catalog.models import ServiceConsumable, ServiceItem
from catalog.queries.dated import holding
from catalog.queries.service_costs import Costs, costs_of
from catalog.queries.service_prices import applied_prices, eligibility_on
from catalog.queries.services import (
    visible_service_candidates,
    visible_service_consumables,
    visible_service_prices,
)
from catalog.states.service_candidate import CANDIDATE_LEVELS
from organisations.models import Region
from organisations.queries.scope import Scope


def item_page(scope: Scope, item: ServiceItem, on: date) -> dict[str, Any]:
    """Costs are those of the reader's own city or province; without a region there are none."""
    prices = visible_service_prices(scope).filter(item=item).select_related("region")
    ties = list(
        visible_service_consumables(scope)
        .filter(item=item)
        .select_related("item", "group", "product__group")
        .order_by("-valid_from", "pk")
    )
    region = price_region(scope)
    running = [tie for tie in ties if _holds(tie, on)]
    costs = costs_of(running, region, on).get(item.pk, Costs()) if region else Costs()
    hospital = scope.kind == "institution"
    return {
        "region": region,
        "prices": prices.order_by("region__code", "kind", "level", "-valid_from"),
        "price_now": set(prices.filter(holding(on)).values_list("pk", flat=True)),
        "own_region_id": scope.region_id,
        "ties": [(tie, tie in running) for tie in ties],
        "costs": [
            (label, cost)
            for label, cost in (("项目内收费", costs.included), ("项目外单独收费", costs.separate))
            if cost is not None
        ],
        "missing": costs.missing,
        "candidates": [
            (row, CANDIDATE_LEVELS[row.state])
            for row in visible_service_candidates(scope)
            .filter(item=item)
            .select_related("region", "new_price")
            .order_by("-year", "-pk")[:50]
        ],
        "applied": applied_prices(scope, [item.pk], on).get(item.pk) if hospital else None,
        "eligibility": eligibility_on(scope, on) if hospital else None,
        "is_hospital": hospital,
        "today": on,
    }


def price_region(scope: Scope) -> Region | None:
    """The region whose prices the reader lives under: the own city, else the own province."""
    own = scope.city_id or scope.province_id
    return Region.objects.select_related("parent").filter(pk=own).first() if own else None


def _holds(tie: ServiceConsumable, on: date) -> bool:
    return tie.valid_from <= on and (tie.valid_to is None or tie.valid_to > on)
