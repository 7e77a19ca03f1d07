"""What the way of a listing is decided by: the price a year ago, and what else of the same use is listed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Q, QuerySet

from catalog.models import ListedPrice, Listing, Product, ShortageEntry, Substitute
from catalog.queries.dated import holding, year_before
from catalog.queries.editions import in_force_on
from catalog.queries.province_values import province_value
from organisations.models import Region
from organisations.queries.scope import Scope

MULTIPLE = "shortage_price_multiple"


@dataclass(frozen=True)
class WayFacts:
    """Prices in yuan per pack; `rise` is today's over that of twelve months ago."""

    price: Decimal | None
    year_ago: Decimal | None
    rise: Decimal | None
    multiple: Decimal
    clause: str
    is_short: bool
    same_use: tuple[Product, ...]


def way_facts(scope: Scope, product: Product, on: date) -> WayFacts:
    """By the policy value of the officer's own province on that day."""
    province = Region.objects.filter(pk=scope.province_id or 0).first()
    value = province_value(province, on, MULTIPLE)
    prices = ListedPrice.objects.filter(product=product)
    now, before = (
        prices.filter(holding(day)).values_list("price", flat=True).first()
        for day in (on, year_before(on))
    )
    short = ShortageEntry.objects.filter(holding(on)).filter(
        Q(product=product) | Q(group_id=product.group_id, group__isnull=False)
    )
    return WayFacts(
        price=now,
        year_ago=before,
        rise=now / before if now is not None and before else None,
        multiple=value.number,
        clause=value.clause,
        is_short="shortage" in product.tags or short.exists(),
        same_use=tuple(
            same_use(product, on).order_by(F("listed_price") / F("base_units_per_pack"), "code")
        ),
    )


def same_use(product: Product, on: date) -> QuerySet[Product]:
    """Other listed products of the group, and what is published as able to take its place."""
    if product.group_id is None:
        return Product.objects.none()
    standing_in = Substitute.objects.filter(in_force_on(on), group_id=product.group_id)
    return Product.objects.filter(
        Q(group_id=product.group_id) | Q(pk__in=standing_in.values("product_id")),
        listing__state=Listing.State.LISTED,
    ).exclude(pk=product.pk)
