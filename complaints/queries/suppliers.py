"""Which order line a complaint is about, and who delivers a product to an institution."""

from __future__ import annotations

from datetime import date

from django.db.models import F, Q

from catalog.models import Product
from contracts.queries.relations import in_force_on, visible_relations
from organisations.queries.scope import Scope
from procurement.models import OrderLine
from procurement.queries.visible import visible_order_lines, visible_orders


def line_of(scope: Scope, order_no: str, line_no: int) -> OrderLine | None:
    """A line that the reader's own organisation ordered or supplies; the order's key finds its month."""
    order = visible_orders(scope).filter(order_no=order_no).first()
    if order is None:
        return None
    rows = visible_order_lines(scope).filter(order=order, ordered_at=order.sent_at, line_no=line_no)
    if scope.kind == "institution":
        rows = rows.filter(institution_id=scope.organisation_id)
    return rows.select_related("product", "institution__region__parent__parent").first()


def distributor_for(scope: Scope, product: Product, on: date) -> int | None:
    """The distributor whose relation for the product is in force where the institution stands.

    One for its county before one for its whole pool; None where there is none, or several.
    """
    if scope.pool_id is None:
        return None
    rows = visible_relations(scope).filter(
        in_force_on(on), Q(county_id=scope.county_id) | Q(county_id__isnull=True), product=product,
        pool_id=scope.pool_id,
    )  # fmt: skip
    found = list(
        rows.order_by(F("county_id").desc(nulls_last=True))
        .values_list("county_id", "distributor_id")
        .distinct()[:3]
    )
    nearest = {distributor for county, distributor in found if county == found[0][0]}
    return nearest.pop() if len(nearest) == 1 else None
