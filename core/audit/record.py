"""Write an audit event inside the transaction of the operation that it tells of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from core.audit.models import AuditEvent


class Actor(Protocol):
    """Whoever acts: a signed-in person, a service user of a token, or a named job."""

    @property
    def audit_id(self) -> int | None: ...
    @property
    def audit_name(self) -> str: ...
    @property
    def audit_organisation_id(self) -> int | None: ...
    @property
    def audit_organisation_name(self) -> str: ...


@dataclass(frozen=True)
class SystemActor:
    """A job or a command that acts without a person, by name."""

    audit_name: str
    audit_id: int | None = None
    audit_organisation_id: int | None = None
    audit_organisation_name: str = ""


@dataclass(frozen=True)
class RequestOrigin:
    """Where a request came from; set by the middleware for the length of a request."""

    request_id: str = ""
    ip: str | None = None


request_origin: ContextVar[RequestOrigin] = ContextVar("request_origin", default=RequestOrigin())


@dataclass(frozen=True)
class NewEvent:
    """One of many events that an operation on many objects tells."""

    action: str
    object_type: str
    object_key: str
    object_label: str
    reason: str = ""
    clause: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


def record_many(events: Sequence[NewEvent], *, by: Actor, at: datetime) -> None:
    """Append one event for each object in one statement, in the caller's transaction."""
    origin = request_origin.get()
    AuditEvent.objects.bulk_create(
        AuditEvent(
            at=at, actor_id=by.audit_id, actor_name=by.audit_name,
            organisation_id=by.audit_organisation_id,
            organisation_name=by.audit_organisation_name, action=event.action,
            outcome=AuditEvent.Outcome.DONE, object_type=event.object_type,
            object_key=event.object_key, object_label=event.object_label[:300],
            reason=event.reason, clause=event.clause, detail=dict(event.detail),
            request_id=origin.request_id, ip=origin.ip,
        )
        for event in events
    )  # fmt: skip


def record(
    *,
    by: Actor,
    at: datetime,
    action: str,
    object_type: str = "",
    object_key: object = "",
    object_label: str = "",
    outcome: str = AuditEvent.Outcome.DONE,
    reason: str = "",
    clause: str = "",
    detail: dict[str, Any] | None = None,
) -> AuditEvent:
    """Append one event. Joins the caller's transaction, so that neither lands without the other."""
    origin = request_origin.get()
    return AuditEvent.objects.create(
        at=at,
        actor_id=by.audit_id,
        actor_name=by.audit_name,
        organisation_id=by.audit_organisation_id,
        organisation_name=by.audit_organisation_name,
        action=action,
        outcome=outcome,
        object_type=object_type,
        object_key=str(object_key),
        object_label=object_label[:300],
        reason=reason,
        clause=clause,
        detail=detail or {},
        request_id=origin.request_id,
        ip=origin.ip,
    )
