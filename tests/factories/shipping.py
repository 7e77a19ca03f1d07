"""Delivery notes and lists of late answers."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from procurement.models import DelayedList, DelayedRow, Delivery, DeliveryNote, OrderLine
from tests.factories.organisations import number
from tests.factories.stages import SENT, Parties, delivery, order_line, parties


def delivery_note(of: Parties | None = None, **fields: object) -> DeliveryNote:
    """Only the head; `sent_note` has its deliveries."""
    stamps = {**(of or parties()).stamps(), "manufacturer": None}
    values: dict[str, object] = {
        **stamps, "note_no": f"PS{number()}", "row_count": 1, "packs": 10, "shipped_at": SENT,
        "state_at": SENT, "state_by_name": "测试",
    }  # fmt: skip
    return DeliveryNote.objects.create(**values | fields)


def sent_note(
    of: Parties | None = None, line: OrderLine | None = None, **fields: object
) -> tuple[DeliveryNote, Delivery]:
    """A note with one delivery of a confirmed line, still on its way."""
    of = of or parties()
    line = line or order_line(of, response="confirmed", responded_at=SENT)
    note = delivery_note(of, packs=line.packs, **fields)
    sent = delivery(
        of, line, note_no=note.note_no, packs=line.packs, lot_no="LOT7", shipped_at=SENT,
        recorded_at=SENT, expires_on=date(2028, 1, 1),
    )  # fmt: skip
    return note, sent


def delayed_list(of: Parties | None = None, **fields: object) -> DelayedList:
    stamps = {**(of or parties()).stamps(), "institution": None, "manufacturer": None, "pool": None}
    values: dict[str, object] = {
        **stamps, "list_no": f"YC{number()}", "listed_on": date(2026, 3, 13),
        "listed_at": SENT + timedelta(days=3), "due_on": date(2026, 3, 13), "row_count": 1,
        "state_at": SENT, "state_by_name": "定时任务",
    }  # fmt: skip
    return DelayedList.objects.create(**values | fields)


def delayed_row(of: Parties | None = None, **fields: object) -> DelayedRow:
    of = of or parties()
    line = order_line(of, response_due_at=SENT + timedelta(hours=48))
    values: dict[str, object] = {
        **of.stamps(), "line_id": line.pk, "ordered_at": line.ordered_at,
        "order_no": line.order.order_no, "line_no": line.line_no, "product": line.product,
        "packs": Decimal(10), "due_at": line.response_due_at, "listed_state": "sent",
    }  # fmt: skip
    values["delayed_list"] = fields.get("delayed_list") or delayed_list(of)
    return DelayedRow.objects.create(**values | fields)
