"""Changes of organisations: applied for by the admin, decided by the bureau."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.attachments.inspect import max_megabytes
from core.transitions import Refusal, StaleVersion, Verdict
from core.views.conflict import Conflict, conflict_page, typed
from core.views.errors import refusal_page
from core.views.object_page import document_items, offered_actions
from organisations.filters import OrganisationChangeFilter
from organisations.forms.change import ChangeForm, ChangeMendForm, DecisionForm
from organisations.models import OrganisationChange
from organisations.operations.change_organisation import apply_for_change, decide_change
from organisations.operations.resubmit_change import resubmit_change
from organisations.queries.changes import (
    becomes,
    change_files,
    change_holder,
    change_standings,
    former_names,
    visible_changes,
)
from organisations.queries.object_steps import steps_of, with_holder
from organisations.queries.scope import Scope
from organisations.rules import manages_people
from organisations.states import CHANGE_LEVELS, CHANGE_MACHINE
from organisations.tables import CHANGE_COLUMNS
from organisations.views.files import served
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.people import AdminsOnly
from organisations.views.scoped import ScopedDetailView, ScopedTemplateView

DONE = {
    "accept": "已通过，自生效日期起生效",
    "return": "已退回补正",
    "refuse": "已作出不予通过的决定",
    "withdraw": "已撤回",
}


class ChangeListView(FilteredListView):
    """The own organisation's, and for bureaus those to be reviewed."""

    template_name = "organisations/changes.html"
    page_title = "机构变更"
    page_note = (
        "变更名称、信用代码，并入其他机构，注销。生效日期以前的记录、指标和文书保持原名称和归属。"
    )
    filterset_class = OrganisationChangeFilter
    columns = CHANGE_COLUMNS
    default_sort = "-filed"
    route, sheet_name = "organisation-change-list", "机构变更"
    export_route = "organisation-change-export"
    bar = ("state", "kind", "effective_from")
    search_hint = "机构、申请编号、新旧名称、拼音首字母"
    empty_title, empty_icon = "没有变更申请", "edit"

    def everything(self, scope: Scope) -> QuerySet[OrganisationChange]:
        return visible_changes(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        new = {"label": "申请变更", "url": reverse("organisation-change-apply"), "kind": "primary",
               "icon": "plus"}  # fmt: skip
        return super().get_context_data(
            actions=[new] if self.scope.has_role("admin") else [],
            former=former_names(self.user.organisation),
            **kwargs,
        )


class ChangeExportView(ExportMixin, ChangeListView):
    pass


class ChangeApplyView(AdminsOnly, ScopedTemplateView):
    template_name = "organisations/change_apply.html"
    page_title = "申请机构变更"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        limit = f"单个不超过 {max_megabytes()} MB，最多 10 个"
        return super().get_context_data(**{"form": ChangeForm(), "limit": limit, **kwargs})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ChangeForm(request.POST)
        if form.is_valid():
            try:
                row = apply_for_change(
                    organisation=self.user.organisation,
                    uploads=request.FILES.getlist("files"),
                    by=self.user,
                    at=timezone.now(),
                    **form.cleaned_data,
                )
            except Refusal as refusal:
                field = getattr(refusal, "field", "")
                form.add_error(field if field in form.fields else None, refusal.reason)
            else:
                messages.success(request, f"已提交{row.bureau.name}审核")
                return HttpResponseRedirect(reverse("organisation-change", args=[row.change_no]))
        return self.render_to_response(self.get_context_data(form=form), status=400)


class ChangeView(ScopedDetailView):
    template_name = "organisations/change.html"
    key_field = "change_no"

    def visible(self, scope: Scope) -> QuerySet[OrganisationChange]:
        return visible_changes(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: OrganisationChange = kwargs["object"]
        held = change_standings(self.scope, row)
        offered = CHANGE_MACHINE.offers(row, held)
        offers = {offer.transition.verb: offer.verdict for offer in offered}
        holder = change_holder(row)
        context = {
            "form": DecisionForm(initial={"version": row.row_version}),
            "offers": offers,
            "documents": document_items(
                change_files(row),
                lambda each: reverse("organisation-change-file", args=[row.change_no, each.pk]),
            ),
            "offered": offered_actions(
                offered,
                url=lambda verb: reverse("organisation-change-act", args=[row.change_no, verb]),
                version=row.row_version,
                on_page={
                    "accept": "decide",
                    "return": "decide",
                    "refuse": "decide",
                    "resubmit": reverse("organisation-change-mend", args=[row.change_no]),
                },
            ),
            "holder": holder,
            "becomes": becomes(row),
            "level": CHANGE_LEVELS[row.state],
            "timeline": with_holder(
                steps_of(self.scope, CHANGE_MACHINE.name, row.pk, row.change_no), who=holder
            ),
            "breadcrumbs": [
                {"label": "机构变更", "url": reverse("organisation-change-list")},
                {"label": row.change_no},
            ],
            "page_title": f"{row.old_name} {row.get_kind_display()}",
            **kwargs,
        }
        return super().get_context_data(**context)


class ChangeActView(ChangeView):
    """POST only; the address names the verb."""

    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.get_object()
        form = DecisionForm(request.POST)
        if form.is_valid():
            try:
                decide_change(
                    change=row, verb=kwargs["verb"], review_note=form.cleaned_data["review_note"],
                    by=self.user, scope=self.scope, at=timezone.now(),
                    seen_version=form.cleaned_data["version"],
                )  # fmt: skip
            except Refusal as refusal:
                if refusal.status != 400:
                    return refusal_page(request, refusal, form)
                form.add_error("review_note", refusal.reason)
            else:
                messages.success(request, DONE[kwargs["verb"]])
                return HttpResponseRedirect(reverse("organisation-change", args=[row.change_no]))
        return self.render_to_response(self.get_context_data(object=row, form=form), status=400)


class ChangeMendView(ScopedDetailView):
    """The applicant's admin mends a returned application and hands it in again."""

    template_name = "organisations/change_apply.html"
    key_field = "change_no"

    def entry(self, scope: Scope) -> Verdict:
        return manages_people(is_business=scope.is_business, is_admin=scope.has_role("admin"))

    def visible(self, scope: Scope) -> QuerySet[OrganisationChange]:
        return visible_changes(scope).filter(organisation_id=scope.organisation_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: OrganisationChange = kwargs["object"]
        initial = {
            "new_name": row.new_name, "new_code": row.new_code, "reason": row.reason,
            "successor_code": row.successor.code if row.successor else "",
            "effective_on": row.effective_on, "version": row.row_version,
        }  # fmt: skip
        context = {
            "form": ChangeMendForm(initial=initial, kind=row.kind),
            "limit": f"单个不超过 {max_megabytes()} MB，最多 10 个；原来的材料仍然有效，可不再上传",
            "returned": row.review_note if row.state == "returned" else "",
            "page_title": f"补正：{row.get_kind_display()}",
            "breadcrumbs": [
                {"label": "机构变更", "url": reverse("organisation-change-list")},
                {"label": row.change_no, "url": reverse("organisation-change", args=[row.change_no])},
                {"label": "补正"},
            ],
        }  # fmt: skip
        return super().get_context_data(**context | kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.get_object()
        form = ChangeMendForm(request.POST, kind=row.kind)
        if form.is_valid():
            values = dict(form.cleaned_data)
            try:
                resubmit_change(
                    change=row, uploads=request.FILES.getlist("files"), by=self.user,
                    scope=self.scope, at=timezone.now(), seen_version=values.pop("version"),
                    **values,
                )  # fmt: skip
            except StaleVersion as stale:
                return change_conflict(request, self.get_object(), form, stale)
            except Refusal as refusal:
                if refusal.status != 400:
                    return refusal_page(request, refusal, form)
                field = getattr(refusal, "field", "")
                form.add_error(field if field in form.fields else None, refusal.reason)
            else:
                messages.success(request, f"已重新提交{row.bureau.name}审核")
                return HttpResponseRedirect(reverse("organisation-change", args=[row.change_no]))
        return self.render_to_response(self.get_context_data(object=row, form=form), status=400)


def change_conflict(
    request: HttpRequest, now: OrganisationChange, form: forms.Form, stale: StaleVersion
) -> HttpResponse:
    """What was typed beside what has become of the application meanwhile."""
    theirs = (
        {"label": "办理状态", "value": now.get_state_display()},
        {"label": "变更为", "value": becomes(now)},
        {"label": "生效日期", "value": f"{now.effective_on:%Y-%m-%d}"},
        {"label": "事由", "value": now.reason},
        {"label": "审核意见", "value": now.review_note},
    )
    return conflict_page(
        request,
        Conflict(
            reason=stale.reason,
            mine=[each for each in typed(form) if each["value"]],
            theirs=[each for each in theirs if each["value"]],
            who=now.state_by_name,
            at=now.state_at,
            back_url=reverse("organisation-change", args=[now.change_no]),
            title=f"机构变更 {now.change_no}",
        ),
    )


class ChangeFileView(ChangeView):
    """A proof, for those who see the application."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        return served(request, change_files(self.get_object()), kwargs["file_id"])
