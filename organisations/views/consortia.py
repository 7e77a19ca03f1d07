"""医共体 and who belongs to them, read only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from organisations.filters import ConsortiumFilter
from organisations.models import Consortium
from organisations.queries.consortia import consortia_with_members
from organisations.queries.places import region_choices
from organisations.queries.scope import Scope
from organisations.queries.visible import visible_memberships
from organisations.tables import CONSORTIUM_COLUMNS
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView


class NotForEnterprises:
    """For authorities, agencies and institutions; enterprises have no such page."""

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_business and scope.kind != "enterprise"


class ConsortiumListView(NotForEnterprises, FilteredListView):
    page_title = "医共体"
    page_note = "紧密型县域医共体统一报量、采购、收货、结算和考核（赣2026 报量）。"
    filterset_class = ConsortiumFilter
    columns = CONSORTIUM_COLUMNS
    default_sort = "region"
    route, export_route, sheet_name = "consortium-list", "consortium-export", "医共体"
    bar = ("region",)
    search_hint = "医共体、牵头机构、代码、拼音首字母"
    empty_title, empty_text = "没有医共体", "本辖区没有登记符合条件的紧密型县域医共体。"
    empty_icon = "building-hospital"

    def everything(self, scope: Scope) -> QuerySet[Consortium]:
        return consortia_with_members(scope)

    def filter_options(self) -> Mapping[str, list[dict[str, str]]]:
        return {"region": region_choices(self.scope)}


class ConsortiumExportView(ExportMixin, ConsortiumListView):
    pass


class ConsortiumView(NotForEnterprises, ScopedDetailView):
    template_name = "organisations/consortium.html"
    key_field = "code"

    def visible(self, scope: Scope) -> QuerySet[Consortium]:
        return consortia_with_members(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        made: Consortium = kwargs["object"]
        members = (
            visible_memberships(self.scope)
            .filter(consortium=made)
            .select_related("institution__region")
            .order_by("valid_from", "institution__code")
        )
        return super().get_context_data(page_title=made.name, members=members, **kwargs)
