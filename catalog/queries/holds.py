"""暂停使用: whose holds one sees, and which products are held for whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Q, QuerySet

from catalog.models import Product, QualityHold
from catalog.queries.orderable import Obstacle, add_provider
from catalog.queries.tradable import NotTradable, add_source
from catalog.rules.quality import HOSPITAL_ROLES, OFFICERS, REPORT_CLAUSE
from catalog.states.quality import PLACER
from core.database.prepared import Prepared
from core.workdays.deadlines import shanghai_day
from organisations.models import Organisation, Region
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, condition, region_alternatives, within


def visible_holds(scope: Scope) -> QuerySet[QualityHold]:
    """Holds for a whole region are open to the trade; an institution's own to those concerned."""
    if not scope.is_business:
        return within(scope, QualityHold.objects.all(), NOTHING)
    seen = Q(institution__isnull=True) | condition(region_alternatives(scope))
    if scope.institution_ids:
        seen |= Q(institution_id__in=sorted(scope.institution_ids))
    if scope.is_manufacturer:
        seen |= Q(manufacturer__in={scope.organisation_id, *scope.predecessor_ids})
    return within(scope, QualityHold.objects.all(), seen)


def hold_standings(scope: Scope, hold: QualityHold) -> frozenset[str]:
    """Whoever placed it lifts it."""
    roles = HOSPITAL_ROLES if scope.kind == "institution" else OFFICERS
    mine = hold.placed_by_id == scope.organisation_id and scope.has_role(*roles)
    return frozenset({PLACER}) if mine else frozenset()


def product_holds(scope: Scope, product: Product) -> list[QualityHold]:
    """Holds on one product in force now that the reader sees, for its page."""
    rows = visible_holds(scope).filter(product=product, state=QualityHold.State.IN_FORCE)
    return list(rows.select_related("placed_by", "institution", "area").order_by("placed_at", "pk"))


def held_products(scope: Scope, ids: Collection[int]) -> frozenset[int]:
    """Which of these are held in all their lots, for the reader's own institution or region."""
    rows = visible_holds(scope).filter(product__in=ids, state=QualityHold.State.IN_FORCE, lot_no="")
    own = Q(institution__in=sorted(scope.institution_ids))
    here = Q(area__in=[pk for pk in (scope.county_id, scope.city_id, scope.province_id) if pk])
    seen = own | here if scope.region_id is not None else Q(institution__isnull=True)
    return frozenset(rows.filter(seen).values_list("product_id", flat=True))


def holds_in_force(ids: Collection[int]) -> list[QualityHold]:
    """Every hold of all lots of these products that is in force now, the oldest first."""
    return _HOLDS.rows(list(ids))


def _holds(products: list[int]) -> QuerySet[QualityHold]:
    rows = QualityHold.objects.filter(
        product__among=products, state=QualityHold.State.IN_FORCE, lot_no=""
    )
    return rows.select_related("placed_by").order_by("placed_at", "pk")


_HOLDS = Prepared(_holds, [-1])


def reasons_of_holds(
    ids: Collection[int], on: date, region: Region | None
) -> dict[int, list[NotTradable]]:
    """Holds of all lots for the region, or anywhere where no region is asked about.

    A hold of single lots does not stop ordering: other lots may be delivered.
    """
    here = _above(region) if region is not None else None
    return _reasons(
        hold for hold in holds_in_force(ids)
        if hold.area_id is not None and shanghai_day(hold.placed_at) <= on
        and (here is None or hold.area_id in here)
    )  # fmt: skip


def reasons_of_own_holds(ids: Collection[int], institution_id: int) -> dict[int, list[NotTradable]]:
    """What the institution holds back for itself; `why_not_tradable` knows regions only."""
    return _reasons(hold for hold in holds_in_force(ids) if hold.institution_id == institution_id)


def _reasons(rows: Iterable[QualityHold]) -> dict[int, list[NotTradable]]:
    found: dict[int, list[NotTradable]] = defaultdict(list)
    for hold in rows:
        text = f"暂停使用（{hold.placed_at:%Y-%m-%d} 起，{hold.placed_by.name}）：{hold.reason}"
        found[hold.product_id].append(
            NotTradable("held", text, hold.basis or REPORT_CLAUSE, f"请联系{hold.placed_by.name}")
        )
    return dict(found)


def _above(region: Region) -> list[int]:
    place: Region | None = region
    ids = []
    while place is not None:
        ids.append(place.pk)
        place = place.parent
    return ids


def own_hold_obstacles(
    institution: Organisation, ids: Collection[int], on: date
) -> dict[int, list[Obstacle]]:
    """What the ordering institution holds back for itself, for `why_not_orderable`."""
    return {
        pk: [Obstacle(each.code, each.text, each.clause, each.ask) for each in reasons]
        for pk, reasons in reasons_of_own_holds(ids, institution.pk).items()
    }


add_source(reasons_of_holds)
add_provider(own_hold_obstacles)
