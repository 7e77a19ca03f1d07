"""Who there is: the directory of institutions, enterprises and authorities, regions and pools."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from organisations.filters import OrganisationFilter
from organisations.models import Organisation
from organisations.queries.places import city_rows, pool_choices, pool_rows, region_choices
from organisations.queries.scope import Scope
from organisations.queries.visible import visible_organisations
from organisations.tables import DIRECTORY_COLUMNS
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedTemplateView


def directory_tabs(active: str) -> list[dict[str, Any]]:
    pages = (("directory", "机构名录"), ("directory-regions", "区划与统筹区"))
    return [
        {"label": label, "url": reverse(route), "active": route == active} for route, label in pages
    ]


class ForAuthorities:
    """Pages that are there for authorities and agencies only."""

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_region_authority or (scope.is_business and scope.kind == "agency")


class DirectoryView(ForAuthorities, FilteredListView):
    template_name = "organisations/directory.html"
    page_title = "机构名录"
    page_note = "本辖区的医疗机构和主管部门，以及全部企业"
    filterset_class = OrganisationFilter
    columns = DIRECTORY_COLUMNS
    default_sort = "region"
    route = "directory"
    export_route = "directory-export"
    sheet_name = "机构名录"

    def everything(self, scope: Scope) -> QuerySet[Organisation]:
        return visible_organisations(scope).select_related("region", "pool")

    def filter_options(self) -> Mapping[str, list[dict[str, str]]]:
        return {"region": region_choices(self.scope), "pool": pool_choices(self.scope)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tabs=directory_tabs("directory"), **kwargs)


class DirectoryExportView(ExportMixin, DirectoryView):
    pass


class RegionsView(ForAuthorities, ScopedTemplateView):
    template_name = "organisations/directory_regions.html"
    page_title = "机构名录"
    page_note = "行政区划按 GB/T 2260；医疗机构数只含本辖区启用的机构"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            cities=city_rows(self.scope),
            pools=pool_rows(self.scope),
            tabs=directory_tabs("directory-regions"),
            **kwargs,
        )
