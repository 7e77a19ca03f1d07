"""The system administrator: organisations and the first account of each."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.transitions import Refusal
from organisations.filters import AdministeredFilter
from organisations.forms.people import FirstAdminForm
from organisations.models import Organisation
from organisations.operations.administrators import create_first_admin, switch_organisation
from organisations.queries.directory import organisations_with_people
from organisations.queries.scope import Scope
from organisations.tables import ADMINISTERED_COLUMNS
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView
from organisations.views.shown_once import show_once, shown_once


class SystemOnly:
    """For the system administrator alone; nobody else has such pages."""

    def exists_for(self, scope: Scope) -> bool:
        return scope.active and scope.platform_role == "system"


class SystemPages(SystemOnly):
    def visible(self, scope: Scope) -> QuerySet[Organisation]:
        return organisations_with_people(scope)


class OrganisationListView(SystemOnly, FilteredListView):
    page_title = "机构管理"
    filterset_class = AdministeredFilter
    columns = ADMINISTERED_COLUMNS
    default_sort = "kind"
    route, export_route, sheet_name = "organisation-list", "organisation-export", "机构"
    bar = ("kind", "admin", "active")
    search_hint = "名称、编码、拼音首字母"
    empty_title, empty_icon = "没有符合条件的机构", "building-community"

    def everything(self, scope: Scope) -> QuerySet[Organisation]:
        return organisations_with_people(scope)


class OrganisationExportView(ExportMixin, OrganisationListView):
    pass


class OrganisationView(SystemPages, ScopedDetailView):
    template_name = "organisations/organisation.html"
    key_field = "code"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **{
                "form": FirstAdminForm(),
                "page_title": kwargs["object"].name,
                **shown_once(self.request),
                **kwargs,
            }
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Create the first admin; the page shows the one-time password once."""
        organisation = self.get_object()
        form = FirstAdminForm(request.POST)
        if form.is_valid():
            try:
                _, password = create_first_admin(
                    organisation=organisation, by=self.user, at=timezone.now(), **form.cleaned_data
                )
            except Refusal as refusal:
                form.add_error(getattr(refusal, "field", None), refusal.reason)
            else:
                return show_once(
                    request, reverse("organisation", args=[organisation.code]), password
                )
        return self.render_to_response(
            self.get_context_data(object=organisation, form=form), status=400
        )


class OrganisationSwitchView(SystemPages, ScopedDetailView):
    key_field = "code"
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        organisation = switch_organisation(
            organisation=self.get_object(),
            active=kwargs["to"] == "on",
            by=self.user,
            at=timezone.now(),
        )
        messages.success(request, "已启用" if organisation.is_active else "已停用")
        return HttpResponseRedirect(reverse("organisation", args=[organisation.code]))
