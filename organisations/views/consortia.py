"""医共体 and who belongs to them, read only."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet

from organisations.models import Consortium
from organisations.queries.scope import Scope
from organisations.queries.visible import visible_consortia, visible_memberships
from organisations.views.scoped import ScopedDetailView, ScopedListView


class ConsortiumPages:
    """For authorities, agencies and institutions; enterprises have no such page."""

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_business and scope.kind != "enterprise"

    def visible(self, scope: Scope) -> QuerySet[Consortium]:
        held = Q(memberships__valid_from__lte=scope.on) & (
            Q(memberships__valid_to__isnull=True) | Q(memberships__valid_to__gte=scope.on)
        )
        return (
            visible_consortia(scope)
            .select_related("lead__region")
            .annotate(member_count=Count("memberships__institution", filter=held, distinct=True))
            .order_by("lead__region__code", "code")
        )


class ConsortiumListView(ConsortiumPages, ScopedListView):
    template_name = "organisations/consortia.html"
    page_title = "医共体"
    page_note = "紧密型县域医共体统一报量、采购、收货、结算和考核（赣2026 报量）。"


class ConsortiumView(ConsortiumPages, ScopedDetailView):
    template_name = "organisations/consortium.html"
    key_field = "code"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        made: Consortium = kwargs["object"]
        members = (
            visible_memberships(self.scope)
            .filter(consortium=made)
            .select_related("institution__region")
            .order_by("valid_from", "institution__code")
        )
        return super().get_context_data(page_title=made.name, members=members, **kwargs)
