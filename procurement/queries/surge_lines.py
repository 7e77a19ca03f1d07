"""Lines that an open surge case puts first."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from organisations.queries.scope import Scope
from procurement.models import LineProgress, SurgeCase
from procurement.queries.visible import visible_progress
from procurement.states.order_line import UNDER_WAY


def of_open_case() -> Exists:
    """Of progress rows: the line's group and place have an open case."""
    return Exists(
        SurgeCase.objects.filter(
            Q(city__isnull=True) | Q(city=OuterRef("city_id")), state="open",
            group=OuterRef("product__group_id"), province=OuterRef("province_id"),
        )
    )  # fmt: skip


def in_surge(rows: QuerySet[LineProgress]) -> QuerySet[LineProgress]:
    """With `first`: an open case puts the line first."""
    found: QuerySet[LineProgress] = rows.annotate(first=of_open_case())
    return found


def lines_of_case(scope: Scope, case: SurgeCase) -> QuerySet[LineProgress]:
    """Lines under way of the case's group and place that the reader sees."""
    return visible_progress(scope).filter(_of(case))


def carriers_of_case(case: SurgeCase) -> set[int]:
    """Distributors with such a line, whoever sees it: they have to send it first."""
    rows = LineProgress.objects.filter(_of(case), distributor__isnull=False)
    return set(rows.order_by().values_list("distributor_id", flat=True).distinct())


def _of(case: SurgeCase) -> Q:
    place = Q(city=case.city_id) if case.city_id else Q(province=case.province_id)
    return place & Q(product__group=case.group_id, state__in=UNDER_WAY)
