"""Rows of supply with the numbers that other systems know them by, to reconcile with."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import F, OuterRef, QuerySet, Subquery

from organisations.queries.scope import Scope
from procurement.models import Delivery, Order, OrderLine, Payment, PurchaseHistory, Receipt, Return
from procurement.models.line_copies import LineCopies
from procurement.queries.visible import (
    visible_deliveries,
    visible_order_lines,
    visible_orders,
    visible_payments,
    visible_purchase_history,
    visible_receipts,
    visible_returns,
)

C = TypeVar("C", bound=LineCopies)

PARTIES = ("institution", "manufacturer", "distributor", "county")
GOODS = ("product", "group", "batch")
# Of the partitioned tables names are looked up after the page: planning nine joins over the months
# takes PostgreSQL longer than everything else.
OF_LINE = ("order", *PARTIES, *GOODS)
OF_EVENT = (*PARTIES, *GOODS)
OF_PAYMENT = ("order", "enterprise", "batch", *PARTIES)


def orders(scope: Scope) -> QuerySet[Order]:
    return visible_orders(scope).select_related(*PARTIES)


def order_lines(scope: Scope) -> QuerySet[OrderLine]:
    return visible_order_lines(scope).prefetch_related(*OF_LINE)


def lines_of(scope: Scope, order: Order) -> QuerySet[OrderLine]:
    """The lines of one order that one may see; a manufacturer sees those of its products."""
    rows = order_lines(scope).filter(order_id=order.pk, ordered_at=order.sent_at)
    return rows.order_by("line_no")


def deliveries(scope: Scope) -> QuerySet[Delivery]:
    return with_numbers(visible_deliveries(scope))


def receipts(scope: Scope) -> QuerySet[Receipt]:
    """With the number of the delivery that was received."""
    number = Delivery.objects.filter(pk=OuterRef("delivery_id")).values("delivery_no")[:1]
    return with_numbers(visible_receipts(scope)).annotate(delivery_no=Subquery(number))


def returns(scope: Scope) -> QuerySet[Return]:
    return with_numbers(visible_returns(scope))


def payments(scope: Scope) -> QuerySet[Payment]:
    return visible_payments(scope).prefetch_related(*OF_PAYMENT)


def purchase_history(scope: Scope) -> QuerySet[PurchaseHistory]:
    return visible_purchase_history(scope).select_related("product", *PARTIES)


def of_order(rows: QuerySet[Any], order_no: str) -> QuerySet[Any]:
    """Deliveries, receipts or returns of the lines of one order."""
    lines = OrderLine.objects.filter(order__order_no=order_no, ordered_at=F("order__sent_at"))
    return rows.filter(line_id__in=lines.values("pk"))


def with_numbers(rows: QuerySet[C]) -> QuerySet[C]:
    """Number of order and line, found by the line's whole key so that one partition is looked at."""
    line = OrderLine.objects.filter(pk=OuterRef("line_id"), ordered_at=OuterRef("ordered_at"))
    found: Any = rows.prefetch_related(*OF_EVENT).annotate(
        order_no=Subquery(line.values("order__order_no")[:1]),
        line_no=Subquery(line.values("line_no")[:1]),
    )
    return found  # type: ignore[no-any-return]
