"""How order lines turned out and what is under way, as filters; supply_sums.sql counts alike."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from organisations.queries.scope import Scope
from procurement.models import Delivery, LineProgress, OrderLine
from procurement.queries.visible import visible_progress
from procurement.rules.supply_lines import EXCUSED
from procurement.states.order_line import TO_SHIP, UNDER_WAY

PACKS: DecimalField[Any, Any] = DecimalField(max_digits=22, decimal_places=4)
COUNTED = Q(cancelled_at__isnull=True) & ~Q(response="rejected", reject_reason__in=EXCUSED)


def with_outcome(
    rows: QuerySet[OrderLine], outcome: str, at: datetime
) -> QuerySet[OrderLine]:  # fmt: skip
    """Those lines that turned out so until `at`; `outcome` is one of rules.supply_lines.OUTCOMES."""
    counted = rows.filter(COUNTED)
    if outcome == "to_answer":
        return counted.filter(response="")
    came = Delivery.objects.filter(
        line_id=OuterRef("pk"), ordered_at=OuterRef("ordered_at"),
        recorded_at__gte=OuterRef("ordered_at"), delivered_at__lte=at,
    )  # fmt: skip
    in_time = came.filter(delivered_at__lte=OuterRef("delivery_due_at"))
    held = counted.annotate(came_packs=_sum(came), in_time_packs=_sum(in_time))
    if outcome == "unanswered":
        return held.filter(response="", response_due_at__lt=at, came_packs=0)
    if outcome == "to_come":
        return held.filter(delivery_due_at__gte=at, came_packs__lt=F("packs"))
    due = held.filter(delivery_due_at__lt=at)
    if outcome == "overdue":
        return due.filter(
            response=OrderLine.Response.CONFIRMED, closed_at__isnull=True, came_packs__lt=F("packs")
        )
    if outcome == "on_time":
        return due.filter(in_time_packs__gte=F("packs"))
    if outcome == "late":
        return due.filter(in_time_packs__lt=F("packs"), came_packs__gt=0)
    return due.filter(came_packs=0)


def parts(at: datetime) -> dict[str, Q]:
    """Of the progress of lines under way: all, and those that wait for somebody or are late.

    Keys are those of rules.supply_lines.UNDER_WAY_PARTS. The overview counts by them and its lists
    filter by them; late ones are answered and past the delivery deadline.
    """
    on_its_way = Q(shipped_packs__gt=F("delivered_packs"))
    return {
        "lines": Q(state__in=UNDER_WAY),
        "to_answer": Q(state="sent"),
        "waiting": Q(state="sent") & (Q(due_at__gte=at) | Q(due_at__isnull=True)),
        "unanswered": Q(state="sent", due_at__lt=at),
        "late": (Q(state__in=TO_SHIP[1:]) | on_its_way) & Q(due_at__lt=at),
        "to_receive": Q(delivered_packs__gt=F("accepted_packs") + F("refused_packs")),
    }


def under_way_part(scope: Scope, part: str, at: datetime) -> QuerySet[LineProgress]:
    """The progress of the lines that `of_part` leaves of all that the reader sees."""
    return visible_progress(scope).filter(parts(at)[part], state__in=UNDER_WAY)


def of_part(rows: QuerySet[OrderLine], part: str, at: datetime) -> QuerySet[OrderLine]:
    """Those lines under way that the overview counts under `part`, however old they are."""
    # By line_id alone, which is unique: a second equality makes PostgreSQL expect a single line.
    held = LineProgress.objects.filter(parts(at)[part], line_id=OuterRef("pk"), state__in=UNDER_WAY)
    return rows.filter(Exists(held))


def _sum(rows: QuerySet[Delivery]) -> Any:
    total = rows.order_by().values("line_id").annotate(total=Sum("packs")).values("total")
    return Coalesce(Subquery(total, output_field=PACKS), Decimal(0), output_field=PACKS)


def with_progress(scope: Scope, rows: Iterable[OrderLine]) -> list[OrderLine]:
    """The lines with `progress`, None where they ended before the platform kept it; one query."""
    found = list(rows)
    held: dict[int, LineProgress] = {
        row.line_id: row
        for row in visible_progress(scope).filter(line_id__in=[line.pk for line in found])
    }
    for line in found:
        line.progress = held.get(line.pk)  # type: ignore[attr-defined]
    return found
