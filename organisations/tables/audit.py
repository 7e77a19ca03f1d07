"""Columns of the audit trail."""

from __future__ import annotations

from django.urls import reverse

from core.audit.models import AuditEvent
from core.lists.cell import Cell
from core.lists.columns import Column
from core.templatetags.formats import moment


def _at(event: AuditEvent) -> Cell:
    return Cell(moment(event.at), url=reverse("audit-event", args=[event.pk]), nowrap=True)


def _outcome(event: AuditEvent) -> Cell:
    done = event.outcome == AuditEvent.Outcome.DONE
    return Cell(event.get_outcome_display(), level="green" if done else "orange", plain=False)


AUDIT_COLUMNS = (
    Column("at", "时间", lambda e: e.at, 20, sort=("at",), fixed=True, shown=_at),
    Column("actor", "操作人", lambda e: e.actor_name, 16),
    Column("organisation", "机构", lambda e: e.organisation_name, 30),
    Column("action", "操作", lambda e: e.action, 24),
    Column("object_type", "对象类型", lambda e: e.object_type, 14, offered=False),
    Column("object", "对象", lambda e: e.object_label or e.object_key, 36),
    Column("outcome", "结果", lambda e: e.get_outcome_display(), 8, shown=_outcome),
    Column("reason", "原因", lambda e: e.reason, 40, offered=False),
    Column("clause", "依据", lambda e: e.clause, 20, offered=False),
    Column("ip", "来源", lambda e: e.ip, 16),
    Column("request", "请求编号", lambda e: e.request_id, 34, offered=False),
)
