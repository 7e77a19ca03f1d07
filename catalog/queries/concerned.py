"""Whom something about a batch concerns: the makers of its products, the places that it supplies."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet

from organisations.models import Organisation

PLACES = ("institution", "bureau", "procurement_centre", "agency")


def concerned_by(
    regions: Collection[int], products: Collection[int], provinces: Collection[str] = ()
) -> QuerySet[Organisation]:
    """Institutions and offices in the supply regions, manufacturers of the products; each once.

    `provinces` names provinces whose own bureau is told too, where a supply region is a city.
    """
    within = Q(region__in=regions) | Q(region__parent__in=regions)
    within |= Q(region__parent__parent__in=regions)
    own = Q(kind="bureau", region__code__in=provinces)
    told = Organisation.objects.filter(is_active=True).filter(
        (Q(kind__in=PLACES) & within) | own | Q(products__in=products)
    )
    return told.order_by("pk").distinct()
