"""Deliveries that wait unreceived, and what the clock has announced of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from core.workdays.deadlines import shanghai_day
from organisations.queries.scope import Scope
from organisations.queries.visibility import party_rows, within
from procurement.models import AutoAcceptance, Delivery, LineProgress, Receipt
from procurement.queries.shipping import values_of_lines
from procurement.states.order_line import TO_RECEIVE

SWITCH = "auto_accept"
NAMED = ("product", "province", "batch__policy")


def visible_auto_acceptances(scope: Scope) -> QuerySet[AutoAcceptance]:
    return within(scope, AutoAcceptance.objects.all(), party_rows(scope))


def unreceived() -> QuerySet[Delivery]:
    """Arrived and not received, everywhere; found through the work queue, which is small."""
    under_way = LineProgress.objects.filter(state__in=TO_RECEIVE).values("line_id")
    taken = Receipt.objects.filter(delivery_id=OuterRef("pk"), line_id=OuterRef("line_id"))
    return Delivery.objects.filter(
        ~Exists(taken), line_id__in=under_way, delivered_at__isnull=False
    ).select_related(*NAMED)


def switched_on(rows: Iterable[Delivery], at: datetime) -> list[Delivery]:
    """Those whose batch, else whose province, has switched automatic acceptance on today."""
    today = shanghai_day(at)
    found = values_of_lines(rows, SWITCH, on=lambda row: today)
    return [row for row, value in found if value > 0]


def announced(scope: Scope, deliveries: Collection[int]) -> dict[int, AutoAcceptance]:
    """What is announced and not done yet of these, by delivery."""
    rows = visible_auto_acceptances(scope).filter(
        delivery_id__in=list(deliveries), done_at__isnull=True
    )
    return {row.delivery_id: row for row in rows}
