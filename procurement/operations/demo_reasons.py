"""Non-selected products of the demonstration: a delivery relation, orders with their clinical reasons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from catalog.models import Product
from contracts.operations.relations import Pointing, accept_relation, point_distributors
from core.operations import operation
from core.transitions import Refusal
from core.workdays.deadlines import shanghai_day
from organisations.models import User
from organisations.queries.scope import Scope, scope_of
from procurement.models import ClinicalReason, ClinicalReview, ReceivingPlace
from procurement.operations.clinical_reviews import review_reason
from procurement.operations.order_row import OrderRow
from procurement.operations.place_orders import place_orders
from procurement.queries.order_sight import look_at

PEOPLE = ("hospital", "hospital-reviewer", "manufacturer", "distributor")
MOST = 100
REASONS = (
    ("DEMO-LC-1", "患者对中选产品的辅料过敏，药事会同意短期使用本品。"),
    ("DEMO-LC-2", "科室习惯用药。"),
)


@operation
def create_demo_reasons(*, at: datetime) -> list[ClinicalReason]:
    """As the demo's people would, once; nothing where no product of the manufacturer fits.

    The first reason is reviewed as reasonable; the second waits for the hospital's reviewer.
    """
    people = {
        user.username: user
        for user in User.objects.select_related("organisation__region__parent__parent").filter(
            username__in=PEOPLE
        )
    }
    if len(people) < len(PEOPLE) or ClinicalReason.objects.exists():
        return []
    on = shanghai_day(at)
    scopes = {name: scope_of(user, on) for name, user in people.items()}
    clerk = people["hospital"]
    hospital = clerk.organisation
    place = ReceivingPlace.objects.filter(institution=hospital, is_default=True).first()
    if place is None or hospital.pool is None:
        return []
    own = Product.objects.filter(
        manufacturer=people["manufacturer"].organisation, group__isnull=False
    )
    known = list(own.select_related("manufacturer", "group").order_by("code")[:MOST])
    sights = look_at(hospital, known, at)
    fitting = [
        each
        for each in known
        if sights[each.pk].needs_reason()
        and sights[each.pk].supply.price is not None
        and not any(obstacle.blocks for obstacle in sights[each.pk].obstacles)
    ]
    carrier = people["distributor"].organisation
    product = next(
        (
            each for each in fitting
            if sights[each.pk].supply.distributors
            or _point(Pointing(each, carrier, hospital.pool, None, on), people, scopes, at)
        ),
        None,
    )  # fmt: skip
    if product is None:
        return []
    acting: dict[str, Any] = {"by": clerk, "scope": scopes["hospital"], "at": at}
    for number, words in REASONS:
        place_orders(
            institution=hospital, rows=[OrderRow(product, Decimal(5), reason=words)],
            client_no=number, urgent=False, receiving_place=place.words, confirmed=True, **acting,
        )  # fmt: skip
    made = list(ClinicalReason.objects.filter(institution=hospital).order_by("pk"))
    review_reason(
        reason=made[0], result=ClinicalReview.Result.REASONABLE, note="病历有过敏记录", seen=0,
        by=people["hospital-reviewer"], scope=scopes["hospital-reviewer"], at=at,
    )  # fmt: skip
    return made


def _point(
    pointing: Pointing, people: Mapping[str, User], scopes: Mapping[str, Scope], at: datetime
) -> bool:
    """The manufacturer points the distributor, which accepts; False where either is refused."""
    try:
        with transaction.atomic():
            (relation,) = point_distributors(
                pointings=[pointing], by=people["manufacturer"], scope=scopes["manufacturer"], at=at
            )
            accept_relation(
                relation=relation, by=people["distributor"], scope=scopes["distributor"], at=at
            )
    except Refusal:
        return False
    return True
