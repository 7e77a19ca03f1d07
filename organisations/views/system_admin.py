"""The system administrator: organisations and the first account of each."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.transitions import Refusal
from organisations.forms.people import FirstAdminForm
from organisations.forms.search import OrganisationSearch
from organisations.models import Organisation
from organisations.operations.administrators import create_first_admin, switch_organisation
from organisations.queries.directory import organisation_matching, organisations_with_people
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedDetailView, ScopedListView


class SystemPages:
    """For the system administrator alone; nobody else has such pages."""

    def exists_for(self, scope: Scope) -> bool:
        return scope.active and scope.platform_role == "system"

    def visible(self, scope: Scope) -> QuerySet[Organisation]:
        return organisations_with_people(scope)


class OrganisationListView(SystemPages, ScopedListView):
    template_name = "organisations/organisations.html"
    page_title = "机构管理"

    def visible(self, scope: Scope) -> QuerySet[Organisation]:
        rows = super().visible(scope)
        self.search = OrganisationSearch(self.request.GET)
        if self.search.is_valid():
            if self.search.cleaned_data["q"]:
                rows = rows.filter(organisation_matching(self.search.cleaned_data["q"]))
            if self.search.cleaned_data["kind"]:
                rows = rows.filter(kind=self.search.cleaned_data["kind"])
        return rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            search=self.search, kinds=Organisation.Kind.choices, **kwargs
        )


class OrganisationView(SystemPages, ScopedDetailView):
    template_name = "organisations/organisation.html"
    key_field = "code"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **{"form": FirstAdminForm(), "page_title": kwargs["object"].name, **kwargs}
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Create the first admin; the one-time password is in this answer only."""
        organisation = self.get_object()
        form = FirstAdminForm(request.POST)
        if form.is_valid():
            try:
                person, password = create_first_admin(
                    organisation=organisation, by=self.user, at=timezone.now(), **form.cleaned_data
                )
            except Refusal as refusal:
                form.add_error(getattr(refusal, "field", None), refusal.reason)
            else:
                context = self.get_context_data(
                    object=self.get_object(), person=person, password=password
                )
                return self.render_to_response(context, status=201)
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
