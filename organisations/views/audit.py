"""The auditor: search the trail, look at one event."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from core.audit.models import AuditEvent
from organisations.filters import AuditFilter
from organisations.queries.audit_words import action_words, object_words
from organisations.queries.event_values import before_and_after
from organisations.queries.scope import Scope
from organisations.queries.visible import visible_audit_events
from organisations.tables import AUDIT_COLUMNS
from organisations.tables.audit import events_of_actor, events_of_object
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
    bar = ("actor", "action", "object_type", "date_from", "date_to", "outcome")
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
        event: AuditEvent = kwargs["object"]
        changes, rest = before_and_after(event.object_type, event.detail)
        words = action_words(event.action)
        return super().get_context_data(
            changes=changes,
            rest=rest,
            words=words,
            kind=object_words(event.object_type),
            of_object=events_of_object(event),
            of_actor=events_of_actor(event),
            of_request=f"{reverse('audit-list')}?{urlencode({'q': event.request_id})}"
            if event.request_id
            else "",
            page_title=words,
            breadcrumbs=[
                {"label": "审计日志", "url": reverse("audit-list")},
                {"label": str(event.pk)},
            ],
            **kwargs,
        )

    def visible(self, scope: Scope) -> QuerySet[AuditEvent]:
        return visible_audit_events(scope)
