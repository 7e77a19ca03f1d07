"""Columns of the audit trail."""

from __future__ import annotations

from django.urls import reverse
from django.utils.http import urlencode

from core.audit.models import AuditEvent
from core.lists.cell import Cell
from core.lists.columns import Column
from core.templatetags.formats import moment
from organisations.queries.audit_words import action_words, object_words


def _at(event: AuditEvent) -> Cell:
    return Cell(moment(event.at), url=reverse("audit-event", args=[event.pk]), nowrap=True)


def _outcome(event: AuditEvent) -> Cell:
    done = event.outcome == AuditEvent.Outcome.DONE
    return Cell(event.get_outcome_display(), level="green" if done else "orange", plain=False)


def events_of_object(event: AuditEvent) -> str:
    """The address of all that happened to the event's object; empty where it has none."""
    if not event.object_type or not event.object_key:
        return ""
    query = urlencode({"object_type": event.object_type, "q": event.object_key})
    return f"{reverse('audit-list')}?{query}"


def events_of_actor(event: AuditEvent) -> str:
    return f"{reverse('audit-list')}?{urlencode({'actor': event.actor_name})}"


def _object(event: AuditEvent) -> Cell:
    """What it was done to; a click narrows the trail to this object."""
    words = event.object_label or event.object_key
    kind = object_words(event.object_type)
    if not words:
        return Cell(kind or None)
    return Cell(words, url=events_of_object(event), sub=kind)


AUDIT_COLUMNS = (
    Column("at", "时间", lambda e: e.at, 20, sort=("at",), fixed=True, shown=_at),
    Column(
        "actor", "操作人", lambda e: e.actor_name, 20,
        shown=lambda e: Cell(e.actor_name, url=events_of_actor(e), sub=e.organisation_name),
    ),
    Column("organisation", "机构", lambda e: e.organisation_name, 30, offered=False),
    Column("action", "操作", lambda e: action_words(e.action), 24),
    Column("code", "操作代码", lambda e: e.action, 24, offered=False),
    Column("object_type", "对象类型", lambda e: object_words(e.object_type), 14, offered=False),
    Column("object", "对象", lambda e: e.object_label or e.object_key, 36, shown=_object),
    Column("key", "对象编号", lambda e: e.object_key, 20, offered=False),
    Column("outcome", "结果", lambda e: e.get_outcome_display(), 8, shown=_outcome),
    Column("reason", "原因", lambda e: e.reason, 40),
    Column("clause", "依据", lambda e: e.clause, 20, offered=False),
    Column("ip", "来源", lambda e: e.ip, 16),
    Column("request", "请求编号", lambda e: e.request_id, 34, offered=False),
)  # fmt: skip
