"""An office edits its own guide; what is saved is public at once."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
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
from organisations.forms.guides import (
    CancelDayForm,
    ContactsForm,
    GuideFileForm,
    ReceptionDayForm,
    ServiceForm,
    contacts_initial,
)
from organisations.models import GuideFile, GuideService, ReceptionDay
from organisations.operations.guides import (
    add_guide_file,
    add_reception_day,
    cancel_reception_day,
    confirm_guide,
    end_service,
    save_contacts,
    save_service,
    withdraw_guide_file,
)
from organisations.queries.guides import (
    GUIDE_KINDS,
    guide_editing_verdict,
    guide_is_stale,
    own_guide,
)
from organisations.queries.scope import Scope
from organisations.queries.visible import (
    visible_guide_files,
    visible_guide_services,
    visible_reception_days,
)
from organisations.views.scoped import ScopedDetailView, ScopedTemplateView, ScopedView


class GuideEditors:
    """For bureaus and procurement centres; written by their clerks and admins."""

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_business and scope.kind in GUIDE_KINDS

    def entry(self, scope: Scope) -> Verdict:
        return guide_editing_verdict(scope)


def back() -> HttpResponse:
    return HttpResponseRedirect(reverse("guide-edit"))


CRUMB = "维护办事指南"


class GuideEditView(GuideEditors, ScopedTemplateView):
    """Contacts as a form, and the lists of services, reception days and files."""

    template_name = "organisations/guide_edit.html"
    page_title = CRUMB
    page_note = "保存后立即公开，无须登录即可查看；每次修改前后的内容都留有记录"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        guide = own_guide(self.scope)
        form = ContactsForm(initial=contacts_initial(guide) if guide else None)
        today = timezone.localdate()
        context = {
            "guide": guide,
            "form": form,
            "services": visible_guide_services(self.scope).filter(is_active=True),
            "days": visible_reception_days(self.scope).filter(day__gte=today),
            "files": visible_guide_files(self.scope).filter(is_withdrawn=False),
            "version": shown_version(self.request, guide.row_version if guide else ""),
            "is_stale": guide is not None and guide_is_stale(guide.reviewed_on, today),
            "public_url": reverse("guide", args=[self.user.organisation.code]) if guide else "",
        }
        return super().get_context_data(**context | kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ContactsForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=400)
        try:
            save_contacts(
                organisation=self.user.organisation, values=form.cleaned_data, by=self.user,
                at=timezone.now(), seen_version=checked_version(request),
            )  # fmt: skip
        except StaleVersion as stale:
            return self._conflict(form, stale)
        except Refusal as refusal:
            form.add_error(None, refusal.reason)
            return self.render_to_response(self.get_context_data(form=form), status=refusal.status)
        messages.success(request, "已保存并公开")
        return back()

    def _conflict(self, form: forms.Form, stale: StaleVersion) -> HttpResponse:
        """What was typed beside what a colleague has published meanwhile."""
        now = own_guide(self.scope)
        assert now is not None, "only a guide that exists can have changed"
        return conflict_page(
            self.request,
            Conflict(
                reason=stale.reason,
                mine=typed(form),
                theirs=kept(form, contacts_initial(now)),
                who=now.updated_by_name,
                at=now.updated_at,
                back_url=reverse("guide-edit"),
            ),
        )


class GuideConfirmView(GuideEditors, ScopedView):
    def post(self, request: HttpRequest) -> HttpResponse:
        confirm_guide(organisation=self.user.organisation, by=self.user, at=timezone.now())
        messages.success(request, "已记为今天核对无误")
        return back()


class GuideFormView(GuideEditors, ScopedTemplateView):
    """A page with one form for one thing of the guide."""

    template_name = "organisations/guide_part.html"
    form_class: ClassVar[type[forms.Form]]
    done: ClassVar[str] = "已保存并公开"
    takes_file: ClassVar[bool] = False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        crumbs = [{"label": CRUMB, "url": reverse("guide-edit")}, {"label": self.page_title}]
        context = {
            "form": self.form_class(), "takes_file": self.takes_file, "breadcrumbs": crumbs,
            "draft": f"guide-{self.form_class.__name__.lower()}-{self.kwargs.get('key', 'new')}",
        }  # fmt: skip
        return super().get_context_data(**context | kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form_class(request.POST)
        if form.is_valid():
            try:
                self.act(form.cleaned_data)
            except MissingInput as refusal:
                known = refusal.field in form.fields
                form.add_error(refusal.field if known else None, refusal.reason)
            else:
                messages.success(request, self.done)
                return back()
        return self.render_to_response(self.get_context_data(form=form), status=400)

    def act(self, values: dict[str, Any]) -> None:
        raise NotImplementedError


class ServiceNewView(GuideFormView):
    form_class = ServiceForm
    page_title = "新增事项"

    def act(self, values: dict[str, Any]) -> None:
        save_service(
            organisation=self.user.organisation, service=None, values=values, by=self.user,
            at=timezone.now(),
        )  # fmt: skip


class DayNewView(GuideFormView):
    form_class = ReceptionDayForm
    page_title = "新增接待日"

    def act(self, values: dict[str, Any]) -> None:
        add_reception_day(
            organisation=self.user.organisation, by=self.user, at=timezone.now(), **values
        )


class FileNewView(GuideFormView):
    form_class = GuideFileForm
    page_title = "上传表格或手册"
    takes_file = True

    def act(self, values: dict[str, Any]) -> None:
        add_guide_file(
            organisation=self.user.organisation, uploads=self.request.FILES.getlist("files"),
            by=self.user, at=timezone.now(), **values,
        )  # fmt: skip


class ServiceView(GuideEditors, ScopedDetailView):
    """Change one service of the own guide."""

    template_name = "organisations/guide_part.html"

    def visible(self, scope: Scope) -> QuerySet[GuideService]:
        return visible_guide_services(scope).filter(is_active=True)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        service: GuideService = kwargs["object"]
        names = tuple(ServiceForm.base_fields)
        context = {
            "form": ServiceForm(initial={name: getattr(service, name) for name in names}),
            "version": shown_version(self.request, service.row_version),
            "page_title": service.name,
            "ends": reverse("guide-service-end", args=[service.pk]),
            "breadcrumbs": [
                {"label": CRUMB, "url": reverse("guide-edit")}, {"label": service.name},
            ],
        }  # fmt: skip
        return super().get_context_data(**context | kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        service = self.get_object()
        form = ServiceForm(request.POST)
        if form.is_valid():
            try:
                save_service(
                    organisation=self.user.organisation, service=service,
                    values=form.cleaned_data, by=self.user, at=timezone.now(),
                    seen_version=checked_version(request),
                )  # fmt: skip
            except StaleVersion as stale:
                return self._conflict(service, form, stale)
            except MissingInput as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, "已保存并公开")
                return back()
        service.refresh_from_db()
        return self.render_to_response(self.get_context_data(object=service, form=form), status=400)

    def _conflict(
        self, service: GuideService, form: ServiceForm, stale: StaleVersion
    ) -> HttpResponse:
        """What was typed beside what a colleague has published meanwhile."""
        service.refresh_from_db()
        values = {name: getattr(service, name) for name in ServiceForm.base_fields}
        here = reverse("guide-service", args=[service.pk])
        return conflict_page(
            self.request,
            Conflict(
                reason=stale.reason,
                mine=typed(form),
                theirs=kept(form, values),
                who=service.guide.updated_by_name,
                at=service.guide.updated_at,
                back_url=here if service.is_active else reverse("guide-edit"),
            ),
        )


class ServiceEndView(GuideEditors, ScopedDetailView):
    http_method_names = ("post", "options")

    def visible(self, scope: Scope) -> QuerySet[GuideService]:
        return visible_guide_services(scope).filter(is_active=True)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        end_service(
            organisation=self.user.organisation, service=self.get_object(), by=self.user,
            at=timezone.now(),
        )  # fmt: skip
        messages.success(request, "已停止公开")
        return back()


class DayCancelView(GuideEditors, ScopedDetailView):
    http_method_names = ("post", "options")

    def visible(self, scope: Scope) -> QuerySet[ReceptionDay]:
        return visible_reception_days(scope)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        day = self.get_object()
        form = CancelDayForm(request.POST)
        note = form.cleaned_data["note"] if form.is_valid() else ""
        cancel_reception_day(
            organisation=self.user.organisation, day=day, note=note, by=self.user,
            at=timezone.now(),
        )  # fmt: skip
        messages.success(request, "接待日已取消")
        return back()


class FileWithdrawView(GuideEditors, ScopedDetailView):
    http_method_names = ("post", "options")

    def visible(self, scope: Scope) -> QuerySet[GuideFile]:
        return visible_guide_files(scope).filter(is_withdrawn=False)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        withdraw_guide_file(
            organisation=self.user.organisation, file=self.get_object(), by=self.user,
            at=timezone.now(),
        )  # fmt: skip
        messages.success(request, "文件已撤下")
        return back()
