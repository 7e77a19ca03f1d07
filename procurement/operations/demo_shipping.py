"""Supply of the demonstration: lists of late answers, and notes of the demo distributor."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from core.audit.record import Actor
from core.operations import operation
from core.workdays.deadlines import day_status, shanghai_day
from organisations.models import User
from organisations.queries.scope import scope_of
from procurement.models import DelayedList, DeliveryNote, LineProgress
from procurement.operations.delayed_lists import make_delayed_lists
from procurement.operations.shipping import NoteDraft, ShipRow, deliver_note, ship_notes
from procurement.queries.queue import left_to_ship
from procurement.queries.shipping import own_queue

EXPIRES = date(2029, 6, 30)


@operation
def create_demo_shipping(*, by: Actor, at: datetime) -> list[DeliveryNote]:
    """As the clock and the distributor would; empty where it was done before.

    Two of the distributor's lines for the demo hospital leave in a note that has arrived, one of
    another hospital in a cold-chain note that is on its way; late lines are listed.
    """
    people = {
        user.username: user
        for user in User.objects.select_related("organisation__region").filter(
            username__in=("distributor", "hospital")
        )
    }
    sender, hospital = people.get("distributor"), people.get("hospital")
    if sender is None or hospital is None or DelayedList.objects.exists():
        return []
    make_delayed_lists(on=_workday(shanghai_day(at)), by=by, at=at)
    scope = scope_of(sender, shanghai_day(at))
    open_lines = own_queue(scope).filter(state__in=("sent", "confirmed")).select_related("order")
    own = open_lines.filter(institution=hospital.organisation_id).order_by("-ordered_at", "id")
    place = own.values_list("order__receiving_place", flat=True).first()
    chosen = list(own.filter(order__receiving_place=place)[:2]) if place is not None else []
    other = list(
        open_lines.filter(state="confirmed").exclude(institution=hospital.organisation_id)
        .order_by("-ordered_at", "id")[:1]
    )  # fmt: skip
    notes = []
    if chosen:
        notes += ship_notes(drafts=[_draft(chosen, "demo-1")], by=sender, scope=scope, at=at)
        notes[0] = deliver_note(note=notes[0], by=sender, scope=scope, at=at)
    if other:
        draft = _draft(other, "demo-2", cold=True, planned_at=at + timedelta(hours=6))
        notes += ship_notes(drafts=[draft], by=sender, scope=scope, at=at)
    return notes


def _draft(
    rows: list[LineProgress], client_no: str, *, cold: bool = False,
    planned_at: datetime | None = None,
) -> NoteDraft:  # fmt: skip
    return NoteDraft(
        rows=tuple(
            ShipRow(row.line_id, left_to_ship(row), f"L2611{row.line_id % 90 + 10}", EXPIRES)
            for row in rows
        ),
        client_no=client_no, carrier="自有车队", plate_no="赣A·D1234", planned_at=planned_at,
        cold_chain=cold, cold_device="保温箱 07" if cold else "",
        lowest_celsius=Decimal("2.5") if cold else None,
        highest_celsius=Decimal("6.1") if cold else None,
    )  # fmt: skip


def _workday(day: date) -> date:
    """The day, or the last working day before it."""
    while not day_status(day).is_workday:
        day -= timedelta(days=1)
    return day
