"""What a listed price is held against: the selection, the maximum, the shortage lists, marks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import (
    Count,
    DecimalField,
    Exists,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce

from catalog.models import (
    MaximumPrice,
    PriceMark,
    PriceMultiple,
    Product,
    ReferenceProduct,
    Selection,
    ShortageEntry,
)
from catalog.queries.dated import holding
from catalog.queries.in_force import holds_on
from catalog.rules.price_mark import ordering_verdict
from core.transitions import ALLOWED, Verdict
from organisations.queries.scope import Scope
from organisations.queries.visibility import for_business

YUAN = DecimalField(max_digits=18, decimal_places=4)


def visible_maximum_prices(scope: Scope) -> QuerySet[MaximumPrice]:
    """Prices in force are open to the trade, and so is what they are held against."""
    return for_business(scope, MaximumPrice.objects.all())


def visible_price_multiples(scope: Scope) -> QuerySet[PriceMultiple]:
    return for_business(scope, PriceMultiple.objects.all())


def visible_price_marks(scope: Scope) -> QuerySet[PriceMark]:
    return for_business(scope, PriceMark.objects.all())


def visible_shortages(scope: Scope) -> QuerySet[ShortageEntry]:
    return for_business(scope, ShortageEntry.objects.all())


def visible_reference_products(scope: Scope) -> QuerySet[ReferenceProduct]:
    return for_business(scope, ReferenceProduct.objects.all())


def selections_of(on: date, outer: str = "pk") -> QuerySet[Selection]:
    """Selected results of the outer product that hold on the day, in whichever region."""
    return Selection.objects.filter(
        holds_on(on), product=OuterRef(outer), role=Selection.Role.SELECTED
    )


def with_price_checks(products: QuerySet[Product], on: date) -> QuerySet[Product]:
    """Each with `is_selected`, `selected_price` (of the newest batch, None where it differs by
    region), `maximum_price` per pack, `mark_level`, `shortage_kind`.

    A few index look-ups per row given: annotate a page, or filter where the small tables lead.
    """
    newest = (
        selections_of(on)
        .order_by()
        .values("batch__effective_on", "batch_id")
        .annotate(prices=Count("price", distinct=True), one=Max("price"))
        .order_by("-batch__effective_on", "-batch_id")
    )
    limits = MaximumPrice.objects.filter(holding(on)).order_by("pk")
    of_group = limits.filter(group=OuterRef("group_id")).values("price")[:1]
    listed_short = ShortageEntry.objects.filter(holding(on)).filter(
        Q(product=OuterRef("pk")) | Q(group=OuterRef("group_id"))
    )
    return products.annotate(
        is_selected=Exists(selections_of(on)),
        selected_price=Subquery(newest.filter(prices=1).values("one")[:1]),
        maximum_price=Coalesce(
            Subquery(limits.filter(product=OuterRef("pk")).values("price")[:1]),
            Subquery(of_group) * F("base_units_per_pack"),
            output_field=YUAN,
        ),
        mark_level=Subquery(
            PriceMark.objects.filter(product=OuterRef("pk"), until__isnull=True).values("level")[:1]
        ),
        shortage_kind=Subquery(listed_short.order_by("-kind", "pk").values("kind")[:1]),
    )


OVER_MAXIMUM = Q(is_selected=False, listed_price__gt=F("maximum_price"))
MISMATCHED = Q(selected_price__isnull=False) & (
    Q(listed_price__isnull=True) | ~Q(listed_price=F("selected_price"))
)


def marks_of(product_ids: Iterable[int]) -> dict[int, PriceMark]:
    """The open mark of each product that has one."""
    rows = PriceMark.objects.filter(product__in=list(product_ids), until__isnull=True)
    return {row.product_id: row for row in rows.select_related("multiple", "reference_product")}


def ordering_verdicts(product_ids: Iterable[int]) -> dict[int, Verdict]:
    """For the cart: a red product asks to be confirmed a second time; the others may be ordered."""
    ids = list(product_ids)
    found = {
        pk: ordering_verdict(mark.level, mark.ratio, mark.threshold)
        for pk, mark in marks_of(ids).items()
    }
    return {pk: found.get(pk, ALLOWED) for pk in ids}


def mark_history(scope: Scope, product: Product) -> QuerySet[PriceMark, Any]:
    """Newest first, those of no days left out."""
    rows = visible_price_marks(scope).filter(product=product)
    return (
        rows.filter(Q(until__isnull=True) | Q(until__gt=F("since")))
        .select_related("multiple", "reference_product")
        .order_by("-since", "-pk")
    )
