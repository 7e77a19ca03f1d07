"""What the demonstration's hospital has ordered today: places, orders, a cart, a template."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from core.operations import operation
from organisations.models import User
from organisations.queries.scope import Scope, scope_of
from procurement.models import Order, ReceivingPlace
from procurement.operations.carts import CartChange, change_cart, open_cart
from procurement.operations.order_row import OrderRow
from procurement.operations.ordering_settings import save_place, save_template
from procurement.operations.place_orders import place_orders
from procurement.queries.cart_page import current_accounts
from procurement.queries.order_sight import look_at
from procurement.queries.ordering import may_order

PLACES = (
    ("中心药库", "门诊楼负一层", "刘库管", "0791-85550101", "工作日 8:00—17:00", True),
    ("急诊药房", "急诊楼一层", "陈药师", "0791-85550120", "全天", False),
)
NAMES = ("name", "address", "contact", "phone", "hours", "is_default")
MOST = 12


@operation
def create_demo_orders(*, at: datetime) -> list[Order]:
    """Through the operations of the page; nothing where it was done before.

    One order of the day's usual, an urgent one, a template and a half-filled cart. The demo's
    distributor is among those who get them wherever it delivers something that may be ordered.
    """
    people = {
        user.username: user
        for user in User.objects.select_related("organisation__region__parent__parent").filter(
            username__in=("hospital", "distributor")
        )
    }
    clerk = people.get("hospital")
    if clerk is None or ReceivingPlace.objects.filter(institution=clerk.organisation).exists():
        return []
    scope = scope_of(clerk, timezone.localdate(at))
    if not may_order(scope):
        return []
    acting: dict[str, Any] = {"by": clerk, "scope": scope, "at": at}
    for values in PLACES:
        given: dict[str, Any] = {**dict(zip(NAMES, values, strict=True)), "is_open": True}
        place = save_place(place=None, values=given, **acting)
    usual = _rows(scope, clerk, people.get("distributor"), at)
    if not usual:
        return []
    place = ReceivingPlace.objects.get(institution=clerk.organisation, is_default=True)
    made: list[Order] = []
    for number, urgent, rows in (
        ("DEMO-RC-1", False, usual[:5]), ("DEMO-JJ-1", True, usual[5:6] or usual[:1]),
    ):  # fmt: skip
        placed = place_orders(
            institution=clerk.organisation, rows=rows, client_no=number, urgent=urgent,
            receiving_place=place.words, confirmed=True, **acting,
        )  # fmt: skip
        made += placed.orders
    cart = open_cart(**acting)
    cart = change_cart(
        cart=cart, **acting,
        changes=[
            CartChange(clerk.organisation, row.product, row.packs) for row in usual[2:6] or usual
        ],
    )  # fmt: skip
    save_template(cart=cart, name="每周常用", **acting)
    return made


def _rows(scope: Scope, clerk: User, carrier: User | None, at: datetime) -> list[OrderRow]:
    """Agreed products that may be ordered, those of the demo's distributor first."""
    held = current_accounts(scope, clerk.organisation, at)
    products = [account.line.product for account in held.values()]
    if not products:
        return []
    sights = look_at(clerk.organisation, products, at)
    own = carrier.organisation_id if carrier else None
    found = []
    for product in products:
        sight = sights[product.pk]
        blocked = any(each.blocks for each in sight.obstacles)
        if blocked or not sight.supply.distributors or sight.supply.price is None:
            continue
        packs = Decimal(10)
        if sight.usual is not None:
            packs = max(
                (sight.usual.monthly / product.base_units_per_pack / 4).to_integral(), packs
            )
        found.append((sight.supply.distributors[0] != own, product.code, OrderRow(product, packs)))
    return [row for _, _, row in sorted(found, key=lambda each: each[:2])][:MOST]
