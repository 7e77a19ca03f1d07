"""Deliveries that wait unreceived, and what the clock has announced of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

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


def switched_on(rows: QuerySet[Delivery], at: datetime) -> list[Delivery]:
    """Those whose batch, else whose province, has switched automatic acceptance on today.

    Asked of one delivery of each batch and province first: where nobody has, which is the default,
    none of all that waits is read.
    """
    today = shanghai_day(at)
    one_each = rows.order_by("batch_id", "province_id").distinct("batch_id", "province_id")
    places = Q()
    for row, value in values_of_lines(one_each, SWITCH, on=lambda row: today):
        if value > 0:
            places |= (
                Q(batch=row.batch_id)
                if row.batch_id is not None
                else Q(batch__isnull=True, province=row.province_id)
            )
    return list(rows.filter(places)) if places else []


def announced(scope: Scope, deliveries: Collection[int]) -> dict[int, AutoAcceptance]:
    """What is announced and not done yet of these, by delivery."""
    rows = visible_auto_acceptances(scope).filter(
        delivery_id__in=list(deliveries), done_at__isnull=True
    )
    return {row.delivery_id: row for row in rows}
