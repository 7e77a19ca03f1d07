"""检查覆盖: manufacturers of products selected today, and when each was last inspected (S2-18.5)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from catalog.models import Selection
from catalog.queries.in_force import holds_on
from catalog.queries.quality import visible_inspections, visible_samplings
from organisations.models import Organisation
from organisations.queries.scope import Scope
from organisations.queries.visible import visible_organisations


def sees_coverage(scope: Scope) -> bool:
    """Who sees all inspections of the province can say who was not inspected."""
    return scope.is_region_authority and scope.region_level == "province"


def selected_manufacturers(scope: Scope, on: date) -> QuerySet[Organisation]:
    """One row each: `selected` products, inspections and samples of the year, the last inspection.

    The year is the calendar year of `on`; what one does not see is not counted.
    """
    year = Q(inspected_on__year=on.year, inspected_on__lte=on)
    own = visible_inspections(scope).filter(enterprise=OuterRef("pk"))
    last = own.filter(inspected_on__lte=on).order_by("-inspected_on", "-pk")
    samples = visible_samplings(scope).filter(
        manufacturer=OuterRef("pk"), sampled_on__year=on.year, sampled_on__lte=on
    )
    running = Selection.objects.filter(holds_on(on), role=Selection.Role.SELECTED)
    products = running.filter(product__manufacturer=OuterRef("pk"))
    return (
        visible_organisations(scope)
        .filter(Exists(products))
        .annotate(
            selected=_counted(products, "product__manufacturer", "product"),
            inspections=_counted(own.filter(year), "enterprise", "pk"),
            samples=_counted(samples, "manufacturer", "pk"),
            failed_samples=_counted(samples.filter(result="fail"), "manufacturer", "pk"),
            covered=Exists(own.filter(year)),
            last_inspected_on=Subquery(last.values("inspected_on")[:1]),
            last_result=Subquery(last.values("result")[:1]),
        )
    )


def _counted(rows: QuerySet[Any], key: str, what: str) -> Subquery:
    """How many different `what` the correlated rows name; NULL for none."""
    return Subquery(
        rows.order_by().values(key).annotate(number=Count(what, distinct=True)).values("number")[:1]
    )
