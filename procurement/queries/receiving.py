"""What waits to be received, by when, and what one delivery has come to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, Sum

from catalog.queries.province_values import province_value, whole_days
from core.transitions import ALLOWED, Verdict
from core.workdays.deadlines import Deadline, add_workdays_each, shanghai_day
from organisations.models import Region
from organisations.queries.scope import Scope
from procurement.models import Delivery, Receipt
from procurement.queries.visible import (
    visible_deliveries,
    visible_order_lines,
    visible_progress,
    visible_receipts,
)
from procurement.rules.receiving import NOT_RECEIVERS, RECEIPT_CLAUSE, RECEIVERS
from procurement.states.order_line import TO_RECEIVE

DeliveryKey = tuple[str, int, str]
"""Order number, line number, delivery number: how other systems know a delivery."""
NAMED = ("institution", "distributor", "product", "province")


@dataclass(frozen=True)
class Taken:
    """Packs accepted and refused of one delivery, over its receipt and all corrections."""

    receipts: int = 0
    accepted: Decimal = Decimal(0)
    refused: Decimal = Decimal(0)


def may_receive(scope: Scope) -> Verdict:
    """Whether the reader takes goods in at all."""
    if scope.is_business and scope.kind == "institution" and scope.has_role(*RECEIVERS):
        return ALLOWED
    return Verdict(False, NOT_RECEIVERS, RECEIPT_CLAUSE)


def waiting_deliveries(scope: Scope) -> QuerySet[Delivery]:
    """Shipped and not received, of lines that are under way.

    Found through the work queue, which is small however many deliveries were received. Nothing is
    shipped before it is ordered nor received before it is shipped: months before are not visited.
    """
    under_way = visible_progress(scope).filter(state__in=TO_RECEIVE)
    oldest = under_way.order_by("ordered_at").values("ordered_at")[:1]
    taken = Receipt.objects.filter(
        delivery_id=OuterRef("pk"), line_id=OuterRef("line_id"),
        received_at__gte=OuterRef("recorded_at"),
    )  # fmt: skip
    return (
        visible_deliveries(scope)
        .filter(line_id__in=under_way.values("line_id"), recorded_at__gte=Subquery(oldest))
        .filter(~Exists(taken))
        .prefetch_related(*NAMED)
    )


def of_note(scope: Scope, first: Delivery) -> list[Delivery]:
    """What waits on the same 配送单 as `first`; a delivery without a number stands alone."""
    rows = waiting_deliveries(scope).filter(
        institution_id=first.institution_id, distributor_id=first.distributor_id
    )
    same = rows.filter(note_no=first.note_no) if first.note_no else rows.filter(pk=first.pk)
    return list(same.order_by("line_id", "pk"))


def waiting_named(scope: Scope, order_nos: Collection[str]) -> dict[DeliveryKey, Delivery]:
    """What of these orders waits for the reader's own institutions, by its numbers."""
    rows = waiting_deliveries(scope).filter(
        institution__in=scope.institution_ids,
        line_id__in=visible_progress(scope)
        .filter(order__order_no__in=order_nos, state__in=TO_RECEIVE)
        .values("line_id"),
    )
    found = list(rows.order_by("pk"))
    numbers = {
        line_id: (order_no, line_no)
        for line_id, order_no, line_no in visible_progress(scope)
        .filter(line_id__in=[row.line_id for row in found])
        .values_list("line_id", "order__order_no", "line_no")
    }
    return {(*numbers[row.line_id], row.delivery_no): row for row in found}


def taken_of(deliveries: Collection[int], lines: Collection[int]) -> dict[int, Taken]:
    """What these deliveries have come to, by delivery; those without a receipt are left out."""
    rows = Receipt.objects.filter(delivery_id__in=deliveries, line_id__in=lines)
    sums = rows.values("delivery_id").annotate(
        accepted=Sum("accepted_packs"), refused=Sum("refused_packs")
    )
    found = {row["delivery_id"]: row for row in sums}
    numbers: dict[int, int] = {}
    for delivery_id, number in rows.values_list("delivery_id", "receipt_no"):
        numbers[delivery_id] = max(numbers.get(delivery_id, 0), number)
    return {
        key: Taken(receipts=numbers[key], accepted=row["accepted"], refused=row["refused"])
        for key, row in found.items()
    }


def receipt_days(province: Region, on: date) -> int:
    """Working days from the arrival in which an institution of the province receives."""
    return whole_days(province_value(province, on, "receipt_workdays"))


def codes_demanded(province: Region, on: date) -> bool:
    """Whether a receipt of a drug needs a code for every accepted pack (应采尽采)."""
    return bool(province_value(province, on, "trace_codes").number)


def receipt_dues(rows: Iterable[Delivery], on: date) -> dict[int, Deadline]:
    """Until when each delivery that has arrived is to be received; others are left out.

    Two queries for each number of days that applies, however many rows.
    """
    arrived = [
        (row, shanghai_day(row.delivered_at)) for row in rows if row.delivered_at is not None
    ]
    provinces = {row.province_id: row.province for row, _ in arrived}
    allowed = {pk: receipt_days(province, on) for pk, province in provinces.items()}
    days: dict[int, set[date]] = {}
    for row, day in arrived:
        days.setdefault(allowed[row.province_id], set()).add(day)
    dues = {number: add_workdays_each(each, number) for number, each in days.items()}
    return {row.pk: dues[allowed[row.province_id]][day] for row, day in arrived}


def late_since(dues: Iterable[Deadline], at: datetime) -> int:
    """How many of these have passed."""
    return sum(each.ends_at <= at for each in dues)


def receipts_of(scope: Scope, delivery: Delivery) -> Sequence[Receipt]:
    """The receipt and its corrections, oldest first."""

    rows = visible_receipts(scope).filter(delivery_id=delivery.pk, line_id=delivery.line_id)
    return list(rows.order_by("receipt_no"))


def deliveries_named(scope: Scope, keys: Sequence[DeliveryKey]) -> dict[DeliveryKey, Delivery]:
    """Those of these deliveries that the reader sees, in three queries."""
    lines = {
        (row.pk, row.ordered_at): (row.order.order_no, row.line_no)
        for row in visible_order_lines(scope)
        .filter(order__order_no__in={key[0] for key in keys}, ordered_at=F("order__sent_at"))
        .select_related("order")
    }
    rows = visible_deliveries(scope).filter(
        line_id__in=[pk for pk, _ in lines], delivery_no__in={key[2] for key in keys}
    )
    found: dict[DeliveryKey, Delivery] = {}
    for row in rows.select_related(*NAMED):
        order = lines.get((row.line_id, row.ordered_at))
        if order is not None:
            found[(*order, row.delivery_no)] = row
    return found
