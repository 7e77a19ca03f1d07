"""Orders, deliveries, receipts, returns, payments and history by their parties and regions."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, of_parties, party_rows, within
from procurement.models import (
    DelayedList,
    DelayedRow,
    Delivery,
    DeliveryNote,
    LineDelta,
    LineProgress,
    Order,
    OrderLine,
    Payment,
    PurchaseHistory,
    Receipt,
    Return,
)


def visible_orders(scope: Scope) -> QuerySet[Order]:
    """Order heads. A head names no manufacturer: it sees those with a line of its products."""
    seen = party_rows(scope)
    if scope.is_business and scope.is_manufacturer:
        lines = OrderLine.objects.filter(
            order_id=OuterRef("pk"),
            ordered_at=OuterRef("sent_at"),
            manufacturer_id=scope.organisation_id,
        )
        seen |= Q(Exists(lines))
    return within(scope, Order.objects.all(), seen)


def visible_order_lines(scope: Scope) -> QuerySet[OrderLine]:
    return of_parties(scope, OrderLine.objects.all())


def visible_progress(scope: Scope) -> QuerySet[LineProgress]:
    """How far lines have come, by the line's own parties: the work queues are cut from this."""
    return within(scope, LineProgress.objects.all(), party_rows(scope))


def visible_deliveries(scope: Scope) -> QuerySet[Delivery]:
    return within(scope, Delivery.objects.all(), party_rows(scope))


def visible_delivery_notes(scope: Scope) -> QuerySet[DeliveryNote]:
    """Notes name no manufacturer: it sees its own deliveries, not what else was on the lorry."""
    return within(scope, DeliveryNote.objects.all(), party_rows(scope))


def visible_delayed_lists(scope: Scope) -> QuerySet[DelayedList]:
    """The distributor's and the region's authorities'; institutions and makers see their rows."""
    return within(scope, DelayedList.objects.all(), party_rows(scope))


def visible_delayed_rows(scope: Scope) -> QuerySet[DelayedRow]:
    return within(scope, DelayedRow.objects.all(), party_rows(scope))


def visible_receipts(scope: Scope) -> QuerySet[Receipt]:
    return within(scope, Receipt.objects.all(), party_rows(scope))


def visible_returns(scope: Scope) -> QuerySet[Return]:
    return within(scope, Return.objects.all(), party_rows(scope))


def visible_payments(scope: Scope) -> QuerySet[Payment]:
    """By party, and to the enterprise that was paid."""
    seen = party_rows(scope)
    if scope.is_business and scope.kind == "enterprise":
        seen |= Q(enterprise_id=scope.organisation_id)
    return within(scope, Payment.objects.all(), seen)


def visible_purchase_history(scope: Scope) -> QuerySet[PurchaseHistory]:
    return within(scope, PurchaseHistory.objects.all(), party_rows(scope))


def visible_line_deltas(scope: Scope) -> QuerySet[LineDelta]:
    """Notes between jobs; shown to nobody."""
    return within(scope, LineDelta.objects.all(), NOTHING)
