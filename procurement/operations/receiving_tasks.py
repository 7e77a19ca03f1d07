"""待办 of whoever receives: one per 配送单 that has arrived, until its last delivery is received."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.urls import reverse

from core.operations import operation
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from procurement.models import Delivery, DeliveryNote, Receipt
from procurement.queries.receiving import receipt_dues
from procurement.rules.receiving import RECEIVERS
from procurement.states.delivery_note import NOTE_MACHINE

ACT = "receive_note"


@operation
def ask_to_receive(*, note: DeliveryNote, first: Delivery | None, at: datetime) -> None:
    """The note is there: its institution receives it by the end of receipt_workdays.

    `first` is a delivery of the note that is not received yet; without one there is nothing to do.
    """
    if first is None:
        return
    sent = Delivery.objects.select_related("province").get(
        pk=first.pk, recorded_at=first.recorded_at
    )
    sent.delivered_at = at
    due = receipt_dues([sent], at.date()).get(sent.pk)
    task = NewTask(
        organisation_id=note.institution_id, act=ACT, roles=RECEIVERS,
        title=f"收货：配送单 {note.note_no}，{note.row_count} 行", object_type=NOTE_MACHINE.name,
        object_key=note.note_no, url=reverse("receive", args=[sent.pk]),
        due_at=due.ends_at if due else None,
    )  # fmt: skip
    open_tasks(tasks=[task], at=at)


@operation
def finish_receiving(*, deliveries: Sequence[Delivery], at: datetime) -> None:
    """The tasks of those notes of which nothing waits any more."""
    numbers = {each.note_no for each in deliveries} - {""}
    notes = list(DeliveryNote.objects.filter(note_no__in=numbers))
    if not notes:
        return
    taken = Receipt.objects.filter(delivery_id=OuterRef("pk"), line_id=OuterRef("line_id"))
    waiting = set(
        Delivery.objects.filter(
            note_no__in=[note.note_no for note in notes],
            institution__in={note.institution_id for note in notes},
            recorded_at__in={note.shipped_at for note in notes},
        )
        .filter(~Exists(taken))
        .values_list("note_no", flat=True)
    )
    ended = sorted({note.note_no for note in notes} - waiting)
    if ended:
        finish_tasks(object_type=NOTE_MACHINE.name, object_keys=ended, at=at)
