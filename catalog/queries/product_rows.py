"""Products and groups as lists and pages show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from catalog.models import Group, ListedPrice, Product, Selection, Substitute
from catalog.queries.editions import in_force_on
from catalog.queries.holds import held_products
from catalog.queries.in_force import holds_on, own_regions, unit_price
from catalog.queries.visible import (
    visible_groups,
    visible_listed_prices,
    visible_products,
    visible_selections,
    visible_substitutes,
)
from organisations.queries.scope import Scope
from organisations.queries.visible import visible_organisations

STANDINGS = {
    "selected": ("中选", "green"),
    "standby": ("备供", "blue"),
    "other": ("非中选", "grey"),
}


@dataclass(frozen=True)
class ProductRow:
    """A product and what it is on a day: selected, standby or neither, in whichever batch."""

    product: Product
    unit_price: Decimal | None
    standing: str
    standing_level: str
    selected_here: bool
    regions: list[str] = field(default_factory=list)
    prices: list[Decimal] = field(default_factory=list)
    held: bool = False

    @property
    def tags(self) -> list[str]:
        words = [tag_words(tag) for tag in self.product.tags]
        return ["暂停使用中", *words] if self.held else words

    @property
    def region_words(self) -> str:
        """Up to three supply regions, then how many there are."""
        if len(self.regions) <= 3:
            return "、".join(self.regions)
        return f"{'、'.join(self.regions[:3])}等 {len(self.regions)} 个地区"


def tag_words(tag: str) -> str:
    """The Chinese word of a tag; unknown ones as they are."""
    return str(dict(Product.Tag.choices).get(tag, tag))


def products_with_group(scope: Scope) -> QuerySet[Product]:
    return visible_products(scope).select_related("group", "manufacturer")


def product_rows(products: Iterable[Product], scope: Scope, on: date) -> list[ProductRow]:
    """Rows of products from `products_with_group`; two queries more for the page's selections and holds."""
    listed = list(products)
    found: dict[int, list[Selection]] = defaultdict(list)
    selections = (
        visible_selections(scope)
        .filter(holds_on(on), product__in=[product.pk for product in listed])
        .select_related("region")
        .order_by("region__code")
    )
    for selection in selections:
        found[selection.product_id].append(selection)
    here = own_regions(scope)
    held = held_products(scope, [product.pk for product in listed])
    return [_row(product, found[product.pk], here, held=product.pk in held) for product in listed]


def _row(
    product: Product, selections: list[Selection], here: frozenset[int], *, held: bool
) -> ProductRow:
    roles = {selection.role for selection in selections}
    standing = "selected" if "selected" in roles else "standby" if roles else "other"
    bearing = [selection for selection in selections if selection.role == standing]
    words, level = STANDINGS[standing]
    return ProductRow(
        product=product,
        unit_price=unit_price(product, product.listed_price),
        standing=words,
        standing_level=level,
        selected_here=any(
            selection.region_id in here and selection.role == "selected" for selection in bearing
        ),
        regions=list(dict.fromkeys(selection.region.name for selection in bearing)),
        prices=sorted({selection.price for selection in bearing}),
        held=held,
    )


def selected_on(scope: Scope, on: date, role: str) -> Q:
    """Products that are selected (or standby) somewhere on that day."""
    return Q(
        Exists(visible_selections(scope).filter(holds_on(on), product=OuterRef("pk"), role=role))
    )


def groups_with_counts(scope: Scope, on: date) -> QuerySet[Group]:
    """Visible groups with `product_count`, and on that day `selected_count` and `batch_count`."""
    holding = holds_on(on, "products__selections__")
    selected = holding & Q(products__selections__role=Selection.Role.SELECTED)
    return visible_groups(scope).annotate(
        product_count=Count("products", distinct=True),
        selected_count=Count("products", filter=selected, distinct=True),
        batch_count=Count("products__selections__batch", filter=holding, distinct=True),
    )


def groups_of_batch(scope: Scope, code: str) -> QuerySet[Selection, Any]:
    """The ids of the groups that have a result in the batch."""
    return visible_selections(scope).filter(batch__code=code).values("product__group_id")


def price_history(scope: Scope, product: Product) -> list[tuple[ListedPrice, Decimal | None]]:
    """Listed prices, newest first, each with its change against the one before."""
    rows = visible_listed_prices(scope).filter(product=product)
    # What another price of the same first day replaced held on no day.
    held = rows.exclude(valid_to=F("valid_from"))
    prices = list(held.order_by("-valid_from"))
    befores: list[ListedPrice | None] = [*prices[1:], None] if prices else []
    return [
        (now, (now.price - before.price) / before.price if before and before.price else None)
        for now, before in zip(prices, befores, strict=True)
    ]


def substitutes_of(scope: Scope, group: Group) -> QuerySet[Product]:
    """Products outside the group that may be used in its place."""
    in_force = in_force_on(scope.on)
    ids = visible_substitutes(scope).filter(in_force, group=group).values("product_id")
    return products_with_group(scope).filter(pk__in=ids).order_by("code")


def groups_replaced_by(scope: Scope, product: Product) -> QuerySet[Substitute]:
    """The groups that this product may be used in place of."""
    return (
        visible_substitutes(scope)
        .filter(in_force_on(scope.on), product=product)
        .select_related("group")
        .order_by("group__code")
    )


def group_choices(scope: Scope) -> list[dict[str, str]]:
    rows = visible_groups(scope).order_by("code").values_list("code", "name")
    return [{"value": code, "label": name} for code, name in rows]


def manufacturer_choices(scope: Scope) -> list[dict[str, str]]:
    """Enterprises that have products."""
    ids = visible_products(scope).order_by().values("manufacturer_id")
    rows = visible_organisations(scope).filter(pk__in=ids).order_by("name")
    return [{"value": code, "label": name} for code, name in rows.values_list("code", "name")]
