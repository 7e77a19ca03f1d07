"""Delivery relations: who sees them, who may act on them, what holds on a day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Q, QuerySet

from contracts.models import DeliveryRelation
from contracts.rules.relation import OFFICERS, points
from contracts.states.relation import CARRIER, DELIVERING, MAKER
from core.database.prepared import Prepared, PreparedValues
from core.transitions import Verdict
from organisations.models import Organisation
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, within

NAMED = ("product", "manufacturer", "distributor", "pool", "county", "batch", "replaces")


def visible_relations(scope: Scope) -> QuerySet[DeliveryRelation]:
    """The two enterprises, the institutions delivered to, the pool's agency, the authorities there.

    A county sees what holds for the whole pool of its city too: it is delivered by it.
    """
    return within(scope, DeliveryRelation.objects.all(), _seen(scope))


def _seen(scope: Scope) -> Q:
    if not scope.is_business:
        return NOTHING
    own = sorted({scope.organisation_id, *scope.predecessor_ids})
    if scope.kind == "enterprise":
        seen = NOTHING
        if scope.is_manufacturer:
            seen |= Q(manufacturer_id__in=own)
        if scope.is_distributor:
            seen |= Q(distributor_id__in=own)
        return seen
    if scope.kind in ("institution", "agency"):
        if scope.pool_id is None:
            return NOTHING
        here = Q(county_id__isnull=True) | Q(county_id=scope.county_id)
        return Q(pool_id=scope.pool_id) & (here if scope.kind == "institution" else Q())
    if not scope.is_region_authority:
        return NOTHING
    if scope.region_level == "province":
        return Q(province_id=scope.province_id)
    if scope.region_level == "city":
        return Q(city_id=scope.city_id)
    return Q(county_id=scope.county_id) | Q(county_id__isnull=True, city_id=scope.city_id)


def may_point(scope: Scope) -> Verdict:
    return points(is_manufacturer=scope.is_manufacturer, has_role=scope.has_role(*OFFICERS))


def relation_standings(scope: Scope, relation: DeliveryRelation) -> frozenset[str]:
    """As manufacturer or as distributor of this very relation; both, where it is one enterprise."""
    if not scope.has_role(*OFFICERS) or scope.kind != "enterprise":
        return frozenset()
    own = {scope.organisation_id, *scope.predecessor_ids}
    held = {MAKER} if relation.manufacturer_id in own else set()
    return frozenset(held | ({CARRIER} if relation.distributor_id in own else set()))


def in_force_on(on: date, prefix: str = "") -> Q:
    """Accepted, and delivering on that day; `valid_until` is the first day without it."""
    return Q(
        Q(**{f"{prefix}valid_until__isnull": True}) | Q(**{f"{prefix}valid_until__gt": on}),
        **{f"{prefix}state__in": DELIVERING, f"{prefix}valid_from__lte": on},
    )


def delivers(relation: DeliveryRelation, on: date) -> bool:
    """`in_force_on` for one row in memory."""
    until = relation.valid_until
    begun = relation.state in DELIVERING and relation.valid_from <= on
    return begun and (until is None or until > on)


def covering(pool_id: int | None, region_id: int | None) -> Q:
    """Relations of an institution's pool: of all of it, or of the institution's county."""
    return Q(pool_id=pool_id) & (Q(county_id__isnull=True) | Q(county_id=region_id))


def distributors_of(
    institution: Organisation, products: Collection[int], on: date
) -> dict[int, list[int]]:
    """Ids of the distributors in force for each product at this institution; one query."""
    found: dict[int, list[int]] = {}
    here = institution.pool_id, institution.region_id
    for product, distributor in _DELIVERING.rows(*here, list(products), on):
        found.setdefault(product, []).append(distributor)
    return found


def _delivering(
    pool_id: int, region_id: int, products: list[int], on: date
) -> QuerySet[DeliveryRelation, tuple[int, int]]:
    rows = DeliveryRelation.objects.filter(
        in_force_on(on), covering(pool_id, region_id), product__among=products
    )
    return rows.order_by("valid_from", "pk").values_list("product_id", "distributor_id")


_DELIVERING = PreparedValues(_delivering, -1, -2, [-3], date.min)


def pointed_here(
    institution: Organisation, products: Collection[int]
) -> dict[int, list[DeliveryRelation]]:
    """Every relation that ever covered the institution, by product, the oldest first; one query."""
    found: dict[int, list[DeliveryRelation]] = {}
    for row in _POINTED.rows(institution.pool_id, institution.region_id, list(products)):
        found.setdefault(row.product_id, []).append(row)
    return found


def _pointed(
    pool_id: int, region_id: int, products: list[int]
) -> QuerySet[DeliveryRelation]:  # fmt: skip
    rows = DeliveryRelation.objects.filter(covering(pool_id, region_id), product__among=products)
    return rows.select_related("distributor").order_by("pointed_at", "pk")


_POINTED = Prepared(_pointed, -1, -2, [-3])
