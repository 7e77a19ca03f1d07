"""Many delivery notes at once: those of a list that have arrived."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.transitions import Verdict
from organisations.models import User
from organisations.queries.bulk_acts import BulkAct, add
from organisations.queries.scope import Scope
from procurement.models import DeliveryNote
from procurement.operations.shipping import deliver_note
from procurement.queries.shipping import delivers, dispatches, note_standings
from procurement.queries.visible import visible_delivery_notes
from procurement.states.delivery_note import NOTE_MACHINE


def _verdict(scope: Scope, note: DeliveryNote) -> Verdict:
    step = NOTE_MACHINE.named("deliver")
    return NOTE_MACHINE.verdict(step, note, note_standings(scope, note))


def _deliver(
    row: Any, by: User, scope: Scope, at: datetime, values: dict[str, Any], version: int
) -> object:
    return deliver_note(note=row, by=by, scope=scope, at=at, seen_version=version)


add(
    BulkAct(
        key="note-deliver", page="delivery-notes", label="登记送达", unit="张", kind="primary",
        icon="check", offered=lambda scope: delivers(scope) and bool(dispatches(scope)),
        rows=lambda scope: visible_delivery_notes(scope).select_related("institution"),
        name=lambda note: f"{note.note_no} {note.institution.name} {note.row_count} 行",
        verdict=_verdict, version=lambda note: int(note.row_version), perform=_deliver,
        note="所选配送单登记为已送达，医疗机构各收到一件收货待办；已经送达的列出原因，不作变动。",
        stepwise=True,
    )
)  # fmt: skip
