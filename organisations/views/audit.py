"""The auditor: search the trail, look at one event."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from core.audit.models import AuditEvent
from organisations.filters import AuditFilter
from organisations.queries.scope import Scope
from organisations.queries.trail import before_and_after
from organisations.queries.visible import visible_audit_events
from organisations.tables import AUDIT_COLUMNS
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView


class AuditPages:
    """For the auditor alone."""

    def exists_for(self, scope: Scope) -> bool:
        return scope.active and scope.platform_role == "auditor"


class AuditListView(AuditPages, FilteredListView):
    """The whole trail, newest first at any depth."""

    page_title = "审计日志"
    filterset_class = AuditFilter
    columns = AUDIT_COLUMNS
    default_sort = "-at"
    keyset = ("at", "id")
    route = "audit-list"
    export_route = "audit-export"
    sheet_name = "审计日志"
    bar = ("actor", "action", "date_from", "date_to", "outcome")
    search_hint = "对象、对象编号、请求编号"
    empty_title = "没有符合条件的事件"
    empty_icon = "history"

    def everything(self, scope: Scope) -> QuerySet[AuditEvent]:
        return visible_audit_events(scope)


class AuditExportView(ExportMixin, AuditListView):
    """The events as filtered, for the auditor's own papers."""


class AuditEventView(AuditPages, ScopedDetailView):
    template_name = "organisations/audit_event.html"
    page_title = "审计事件"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        changes, rest = before_and_after(kwargs["object"].detail)
        return super().get_context_data(changes=changes, rest=rest, **kwargs)

    def visible(self, scope: Scope) -> QuerySet[AuditEvent]:
        return visible_audit_events(scope)
