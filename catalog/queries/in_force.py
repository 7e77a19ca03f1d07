"""Which selections hold on a day, and where."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from catalog.models import Product, Selection
from organisations.queries.scope import Scope


def with_period(selections: QuerySet[Selection]) -> QuerySet[Selection]:
    """Each with `starts_on` and `ends_on`: its own dates, else the batch's cycle."""
    return selections.annotate(
        starts_on=Coalesce("valid_from", F("batch__effective_on")),
        ends_on=Coalesce("valid_to", F("batch__ends_on")),
    )


def holds_on(on: date, prefix: str = "") -> Q:
    """Selections whose own dates and whose batch's cycle both include the day."""
    return Q(
        Q(**{f"{prefix}valid_from__isnull": True}) | Q(**{f"{prefix}valid_from__lte": on}),
        Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gte": on}),
        **{
            f"{prefix}withdrawn_at__isnull": True,
            f"{prefix}batch__effective_on__lte": on,
            f"{prefix}batch__ends_on__gte": on,
        },
    )


def own_regions(scope: Scope) -> frozenset[int]:
    """The regions whose selections supply the reader: own city and province; a province's all none."""
    return frozenset(region for region in (scope.city_id, scope.province_id) if region is not None)


def unit_price(product: Product, price: Decimal | None) -> Decimal | None:
    """Yuan per base unit of a price per pack."""
    return None if price is None else price / product.base_units_per_pack


def stage_of(starts_on: date, ends_on: date, on: date) -> tuple[str, str]:
    """Words and badge level of a period as seen on a day."""
    if on < starts_on:
        return "未开始", "blue"
    if on > ends_on:
        return "已结束", "grey"
    return "执行中", "green"
