"""The audit trail as the auditor searches it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from core.audit.models import AuditEvent
from core.audit.seals import AuditSeal
from organisations.queries.audit_words import actions_called
from organisations.queries.scope import Scope
from organisations.queries.visible import visible_audit_events


def events_matching(scope: Scope, wanted: dict[str, Any]) -> QuerySet[AuditEvent]:
    """Events, newest first, by the cleaned fields of the search form; empty ones do not narrow."""
    return narrowed(visible_audit_events(scope), wanted).order_by("-at", "-pk")


def narrowed(rows: QuerySet[AuditEvent], wanted: dict[str, Any]) -> QuerySet[AuditEvent]:
    """Of these events those that the search form asks for."""
    if wanted.get("q"):
        words = wanted["q"]
        rows = rows.filter(
            Q(object_label__icontains=words) | Q(object_key=words) | Q(request_id=words)
        )
    if wanted.get("actor"):
        rows = rows.filter(actor_name__icontains=wanted["actor"])
    if wanted.get("action"):
        rows = rows.filter(_action(wanted["action"].strip()))
    if wanted.get("object_type"):
        rows = rows.filter(object_type=wanted["object_type"])
    if wanted.get("outcome"):
        rows = rows.filter(outcome=wanted["outcome"])
    if wanted.get("date_from"):
        rows = rows.filter(at__gte=_midnight(wanted["date_from"]))
    if wanted.get("date_to"):
        rows = rows.filter(at__lt=_midnight(wanted["date_to"] + timedelta(days=1)))
    return rows


def trail_head() -> AuditSeal | None:
    """The newest block; its digest stands for all before it."""
    return AuditSeal.objects.order_by("-pk").first()


def _action(words: str) -> Q:
    """By the beginning of its code, or by a part of its Chinese words."""
    if words.isascii():
        return Q(action__startswith=words)
    return Q(action__in=actions_called(words))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
