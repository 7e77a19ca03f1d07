"""What was done with one object, in order, from the trail that its operations write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.audit.models import AuditEvent

NOTES = ("note", "answer", "conclusion", "lift_reason", "closing_note", "follow_up", "opener_note")


def steps_of(
    object_type: str, key: object, words: Mapping[str, str], notes: Sequence[str] = NOTES
) -> list[dict[str, Any]]:
    """Items of a timeline; `words` names each action, others are left out; `notes` what is quoted.

    The caller has found the object by its visible_… query: whoever sees it sees its steps.
    """
    events = AuditEvent.objects.filter(
        object_type=object_type, object_key=str(key), outcome=AuditEvent.Outcome.DONE
    ).order_by("at", "pk")
    return [
        {
            "at": event.at,
            "who": "　".join(part for part in (event.organisation_name, event.actor_name) if part),
            "what": words[event.action],
            "note": event.reason or _note(event.detail, notes),
        }
        for event in events
        if event.action in words
    ]


def _note(detail: Mapping[str, Any], notes: Sequence[str]) -> str:
    return next((str(detail[name]) for name in notes if detail.get(name)), "")
