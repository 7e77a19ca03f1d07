"""The auditor: search the trail, look at one event."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from core.audit.models import AuditEvent
from organisations.forms.search import AuditSearch
from organisations.queries.scope import Scope
from organisations.queries.trail import events_matching
from organisations.queries.visible import visible_audit_events
from organisations.views.scoped import ScopedDetailView, ScopedListView


class AuditPages:
    """For the auditor alone."""

    def exists_for(self, scope: Scope) -> bool:
        return scope.active and scope.platform_role == "auditor"


class AuditListView(AuditPages, ScopedListView):
    template_name = "organisations/audit.html"
    page_title = "审计日志"

    def visible(self, scope: Scope) -> QuerySet[AuditEvent]:
        self.search = AuditSearch(self.request.GET)
        wanted = self.search.cleaned_data if self.search.is_valid() else {}
        return events_matching(scope, wanted)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            search=self.search, outcomes=AuditEvent.Outcome.choices, **kwargs
        )


class AuditEventView(AuditPages, ScopedDetailView):
    template_name = "organisations/audit_event.html"
    page_title = "审计事件"

    def visible(self, scope: Scope) -> QuerySet[AuditEvent]:
        return visible_audit_events(scope)
