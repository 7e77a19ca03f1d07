"""What the way of a listing is decided by: the price a year ago, and what else of the same use is listed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Q, QuerySet

from catalog.models import ListedPrice, Listing, Product, Selection, ShortageEntry, Substitute
from catalog.queries.dated import holding, year_before
from catalog.queries.editions import in_force_on
from catalog.queries.in_force import holds_on
from catalog.queries.province_values import province_value
from catalog.rules.listing_way import way_fits
from core.transitions import Verdict
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
    is_selected: bool
    same_use: tuple[Product, ...]

    def fits(self, way: str, price: Decimal | None = None) -> Verdict:
        """Whether the product may be listed by this way, at today's price or at this one."""
        rise = self.rise
        if price is not None:
            rise = price / self.year_ago if self.year_ago else None
        return way_fits(
            way, is_short=self.is_short, is_selected=self.is_selected, rise=rise,
            multiple=self.multiple, same_use=len(self.same_use),
        )  # fmt: skip


def own_province(scope: Scope) -> Region | None:
    return Region.objects.filter(pk=scope.province_id or 0).first()


def way_facts(province: Region | None, product: Product, on: date) -> WayFacts:
    """By the policy value of the province on that day."""
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
        is_selected=Selection.objects.filter(
            holds_on(on), product=product, role=Selection.Role.SELECTED
        ).exists(),
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
