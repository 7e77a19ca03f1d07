"""Planning of the demonstration's hospital: a plan that waits for approval, a price under negotiation."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any

from django.db.models import Q
from django.utils import timezone

from catalog.models import ListedPrice
from core.operations import operation
from core.transitions import Refusal
from organisations.models import User
from organisations.queries.scope import scope_of
from procurement.models import Negotiation, ProcurementPlan
from procurement.operations.negotiations import offer_price, open_negotiation
from procurement.operations.plans import PlanChange, change_plan, make_plan
from procurement.queries.order_prices import supplies

TENTH = Decimal("0.1")
NAMES = ("hospital", "manufacturer")
ASKED, ANSWERED = Decimal("0.90"), Decimal("0.95")


@operation
def create_demo_planning(*, at: datetime) -> ProcurementPlan | None:
    """Through the operations of the page; nothing where it was done before."""
    people = {
        user.username: user
        for user in User.objects.select_related("organisation__region__parent__parent").filter(
            username__in=NAMES
        )
    }
    clerk = people.get("hospital")
    if clerk is None or ProcurementPlan.objects.exists():
        return None
    acting: dict[str, Any] = {
        "by": clerk,
        "scope": scope_of(clerk, timezone.localdate(at)),
        "at": at,
    }
    plan = make_plan(cover_days=30, urgent=False, note="下月常规备货", **acting)
    counted = [
        PlanChange(line.product, stock=(line.daily_packs * 10).to_integral_value(ROUND_DOWN))
        for line in plan.lines.select_related("product").order_by("-daily_packs", "pk")[:6]
    ]
    plan = change_plan(plan=plan, changes=counted, **acting)
    maker = people.get("manufacturer")
    if maker is not None and not Negotiation.objects.exists():
        _negotiate(clerk, maker, acting, at)
    return plan


def _negotiate(clerk: User, maker: User, acting: dict[str, Any], at: datetime) -> None:
    """The hospital asks for a tenth less on a product of the maker; the maker answers half way."""
    on = timezone.localdate(at)
    rows = (
        ListedPrice.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=on), valid_from__lte=on,
            product__manufacturer=maker.organisation,
        )
        .select_related("product")
        .order_by("product__code")[:50]
    )  # fmt: skip
    listed = {row.product: row.price for row in rows}
    held = supplies(clerk.organisation, [product.pk for product in listed], at)
    for product, price in listed.items():
        if held[product.pk].is_selected:
            continue
        days: dict[str, Any] = {"valid_from": on, "valid_to": on + timedelta(days=180)}
        try:
            row = open_negotiation(
                institution=clerk.organisation, product=product, price=_part(price, ASKED),
                words="年用量较大，请予优惠", **days, **acting,
            )  # fmt: skip
            offer_price(
                negotiation=row, price=_part(price, ANSWERED), words="含冷链运费",
                by=maker, scope=scope_of(maker, on), at=at, **days,
            )  # fmt: skip
        except Refusal:
            continue
        return


def _part(price: Decimal, share: Decimal) -> Decimal:
    return max((price * share).quantize(TENTH, ROUND_DOWN), Decimal("0.01"))
