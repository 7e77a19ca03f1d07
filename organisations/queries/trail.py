"""The audit trail as the auditor searches it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from core.audit.models import AuditEvent
from core.audit.seals import AuditSeal
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
        rows = rows.filter(action__startswith=wanted["action"])
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


@dataclass(frozen=True)
class Changed:
    """One value before and after an act."""

    name: str
    before: str
    after: str

    @property
    def changed(self) -> bool:
        return self.before != self.after


def before_and_after(detail: dict[str, Any]) -> tuple[list[Changed], dict[str, Any]]:
    """The values of an event that has both sides, name by name, and what else it tells."""
    before, after = detail.get("before"), detail.get("after")
    if not isinstance(before, dict) or not isinstance(after, dict):
        return [], detail
    names = dict.fromkeys([*before, *after])
    rows = [Changed(name, _words(before.get(name)), _words(after.get(name))) for name in names]
    rest = {name: value for name, value in detail.items() if name not in ("before", "after")}
    return rows, rest


def _words(value: Any) -> str:
    """A value for reading; nothing is a dash."""
    if value in (None, "", []):
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
