"""An organisation's admin and its people."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.transitions import MissingInput, Refusal, StaleVersion, Verdict
from core.views.conflict import (
    Conflict,
    checked_version,
    conflict_page,
    kept,
    refuse,
    shown_version,
    typed,
)
from organisations.filters import PersonFilter
from organisations.forms.people import InviteForm, PersonForm
from organisations.models import User
from organisations.operations.passwords import set_one_time_password
from organisations.operations.people import edit_person, invite_person, switch_off, switch_on
from organisations.operations.second_factor import reset_second_factor
from organisations.queries.object_steps import last_step
from organisations.queries.people import people_of
from organisations.queries.scope import Scope
from organisations.queries.second_factors import state_of
from organisations.rules import manages_people
from organisations.tables import PEOPLE_COLUMNS
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView, ScopedTemplateView
from organisations.views.shown_once import show_once, shown_once


class AdminsOnly:
    """Entry for admins only; a colleague without the role is told so."""

    def entry(self, scope: Scope) -> Verdict:
        return manages_people(is_business=scope.is_business, is_admin=scope.has_role("admin"))


class PeopleManager(AdminsOnly):
    def visible(self, scope: Scope) -> QuerySet[User]:
        return people_of(scope)


class PeopleListView(AdminsOnly, FilteredListView):
    page_title = "人员管理"
    page_note = "本机构的账号。停用、改角色或重置口令后，该人员的登录立即失效。"
    filterset_class = PersonFilter
    columns = PEOPLE_COLUMNS
    default_sort = "-state"
    route, export_route, sheet_name = "people", "people-export", "人员"
    bar = ("role", "state")
    search_hint = "姓名、用户名、电话、拼音首字母"
    empty_title, empty_icon = "没有符合条件的人员", "user"

    def everything(self, scope: Scope) -> QuerySet[User]:
        return people_of(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        new = {"label": "添加人员", "url": reverse("person-invite"), "kind": "primary",
               "icon": "plus"}  # fmt: skip
        return super().get_context_data(actions=[new], **kwargs)


class PeopleExportView(ExportMixin, PeopleListView):
    pass


class InviteView(PeopleManager, ScopedTemplateView):
    """Leads to the new account's page, which shows the one-time password once."""

    template_name = "organisations/invite.html"
    page_title = "添加人员"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = InviteForm(organisation=self.user.organisation)
        return super().get_context_data(**{"form": form, **kwargs})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = InviteForm(request.POST, organisation=self.user.organisation)
        if form.is_valid():
            try:
                invited, password = invite_person(
                    organisation=self.user.organisation,
                    by=self.user,
                    at=timezone.now(),
                    **form.cleaned_data,
                )
            except MissingInput as refusal:
                form.add_error(refusal.field, refusal.reason)
            else:
                return show_once(request, reverse("person", args=[invited.username]), password)
        return self.render_to_response(self.get_context_data(form=form), status=400)


class PersonView(PeopleManager, ScopedDetailView):
    """One account: what it may do, and the acts on it."""

    template_name = "organisations/person.html"
    key_field = "username"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person: User = kwargs["object"]
        form = PersonForm(
            organisation=person.organisation,
            initial={"name": person.name, "phone": person.phone, "roles": person.roles},
        )
        return super().get_context_data(
            **{
                "form": form,
                "factor": state_of(person),
                "version": shown_version(self.request, person.row_version),
                **shown_once(self.request),
                "page_title": f"{person.name}（{person.username}）",
                **kwargs,
            }
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person = self.get_object()
        form = PersonForm(request.POST, organisation=person.organisation)
        if form.is_valid():
            try:
                edit_person(
                    user=person, by=self.user, at=timezone.now(),
                    seen_version=checked_version(request), **form.cleaned_data,
                )  # fmt: skip
            except StaleVersion as stale:
                return self._conflict(form, stale)
            except Refusal as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, "已保存")
                return HttpResponseRedirect(reverse("person", args=[person.username]))
        return self.render_to_response(self.get_context_data(object=person, form=form), status=400)

    def _conflict(self, form: PersonForm, stale: StaleVersion) -> HttpResponse:
        """What was typed beside what another admin has saved meanwhile."""
        now: User = self.get_object()
        who, at = last_step(self.scope, "user", now.pk)
        return conflict_page(
            self.request,
            Conflict(
                reason=stale.reason,
                mine=typed(form),
                theirs=kept(form, {name: getattr(now, name) for name in form.fields}),
                who=who,
                at=at,
                back_url=reverse("person", args=[now.username]),
            ),
        )


class PersonActView(PersonView):
    """POST only: reset the password or the second factor, off or on, as the address says."""

    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person = self.get_object()
        now = timezone.now()
        if kwargs["act"] == "reset":
            password = set_one_time_password(user=person, by=self.user, at=now)
            return show_once(request, reverse("person", args=[person.username]), password)
        if kwargs["act"] == "factor":
            reset_second_factor(user=person, by=self.user, at=now)
            messages.success(request, "动态口令已重置，该人员下次登录重新启用")
            return HttpResponseRedirect(reverse("person", args=[person.username]))
        act = switch_off if kwargs["act"] == "off" else switch_on
        act(user=person, by=self.user, at=now)
        messages.success(request, "已停用" if act is switch_off else "已启用")
        return HttpResponseRedirect(reverse("person", args=[person.username]))
