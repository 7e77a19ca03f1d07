"""What happened to one object, read off its trail: the timeline of its page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from core.audit.models import AuditEvent
from core.transitions import MACHINES
from organisations.queries.audit_words import action_words
from organisations.queries.scope import Scope

NOTES = ("review_note", "withdrawal_note", "note", "reason", "opinion")
"""Inputs of steps that the timeline repeats, the first that was given."""
MOST = 200


def steps_of(scope: Scope, object_type: str, *keys: object) -> list[dict[str, Any]]:
    """Inputs of <c-timeline>, oldest first, for an object that the reader may see.

    `keys` are what its events are kept under (row and business number). Colleagues are named;
    of other offices only the office, and what a job did is named by the job.
    """
    events = AuditEvent.objects.filter(
        object_type=object_type,
        object_key__in=[str(key) for key in keys],
        outcome=AuditEvent.Outcome.DONE,
    ).order_by("at", "pk")[:MOST]
    return [
        {
            "at": event.at,
            "who": _who(scope, event),
            "what": step_words(event.action),
            "note": _note(event.detail),
        }
        for event in events
    ]


def last_step(scope: Scope, object_type: str, *keys: object) -> tuple[str, datetime]:
    """Who did the newest thing to the object, and when."""
    newest = (
        AuditEvent.objects.filter(
            object_type=object_type,
            object_key__in=[str(key) for key in keys],
            outcome=AuditEvent.Outcome.DONE,
        )
        .order_by("-at", "-pk")
        .first()
    )
    return (_who(scope, newest), newest.at) if newest else ("", timezone.now())


def step_words(action: str) -> str:
    """The step by its own label; beside its object the kind of object need not be said."""
    name, _, verb = action.partition(".")
    machine = MACHINES.get(name)
    for transition in machine.transitions if machine else ():
        if transition.verb == verb:
            return transition.label
    return action_words(action)


def with_holder(
    steps: Iterable[Mapping[str, Any]], *, who: str, what: str = "等待办理"
) -> list[Mapping[str, Any]]:
    """The timeline with the present holder as its last line; nobody holds what has ended."""
    told = list(steps)
    return [*told, {"at": "", "who": who, "what": what, "waiting": True}] if who else told


def _who(scope: Scope, event: AuditEvent) -> str:
    if event.organisation_id is None or not event.organisation_name:
        return event.actor_name if event.actor_id is None else event.organisation_name
    if event.organisation_id == scope.organisation_id:
        return f"{event.organisation_name} {event.actor_name}"
    return event.organisation_name


def _note(detail: Mapping[str, Any]) -> str:
    return next((str(detail[name]) for name in NOTES if detail.get(name)), "")
