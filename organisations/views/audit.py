"""The auditor: search the trail, look at one event."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from core.audit.models import AuditEvent
from organisations.forms.search import AuditSearch, IntegrityForm
from organisations.operations.check_integrity import check_integrity
from organisations.queries.scope import Scope
from organisations.queries.trail import events_matching, trail_head
from organisations.queries.visible import visible_audit_events
from organisations.views.scoped import ScopedDetailView, ScopedListView, ScopedTemplateView


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


class AuditIntegrityView(AuditPages, ScopedTemplateView):
    """The head of the chain to be written down, and on demand a check of every block."""

    template_name = "organisations/audit_integrity.html"
    page_title = "审计完整性核对"
    page_note = "审计事件每分钟封存一次，各封存块以摘要相连；改动或删除已封存的事件，核对即可发现。"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = IntegrityForm()
        return super().get_context_data(**{"head": trail_head(), "form": form, **kwargs})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = IntegrityForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=400)
        now = timezone.now()
        findings = check_integrity(known_head=form.cleaned_data["head"], by=self.user, at=now)
        return self.render_to_response(
            self.get_context_data(form=form, findings=findings, checked_at=now)
        )


class AuditEventView(AuditPages, ScopedDetailView):
    template_name = "organisations/audit_event.html"
    page_title = "审计事件"

    def visible(self, scope: Scope) -> QuerySet[AuditEvent]:
        return visible_audit_events(scope)
