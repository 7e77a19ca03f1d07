"""The bureau: registrations that wait, one of them with its proofs, and the decision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.transitions import Refusal
from core.views.errors import refusal_page
from core.views.object_page import document_items, offered_actions
from organisations.filters import RegistrationFilter
from organisations.filters.registrations import FILED
from organisations.forms.registration import ReviewForm
from organisations.models import Registration
from organisations.operations.review_registration import (
    REVIEWED_FIELDS,
    accept_registration,
    refuse_registration,
    return_registration,
    take_registration,
)
from organisations.queries.object_steps import with_holder
from organisations.queries.registrations import (
    registration_files,
    registration_holder,
    registration_standings,
    registrations_by_state,
    visible_registrations,
)
from organisations.queries.scope import Scope
from organisations.states import REGISTRATION_LEVELS, REGISTRATION_MACHINE
from organisations.tables import REGISTRATION_COLUMNS
from organisations.views.files import served
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView

DONE = {
    "take": "已受理",
    "accept": "已通过，机构和管理员账号已建立",
    "return": "已退回申请单位补正",
    "refuse": "已作出不予通过的决定",
}


class BureausOnly:
    def exists_for(self, scope: Scope) -> bool:
        return scope.is_bureau


class RegistrationPages(BureausOnly):
    def visible(self, scope: Scope) -> QuerySet[Registration]:
        return visible_registrations(scope)


class RegistrationListView(BureausOnly, FilteredListView):
    page_title = "注册审核"
    page_note = "医疗机构由所在县（市、区）医保局审核，企业由省医保局审核。"
    filterset_class = RegistrationFilter
    columns = REGISTRATION_COLUMNS
    default_sort = "-at"
    route, export_route, sheet_name = "registration-list", "registration-export", "注册申请"
    bar = ("kind",)
    held = ("state",)
    search_hint = "单位、信用代码、回执号、拼音首字母"
    empty_title, empty_icon = "没有注册申请", "building-community"
    empty_text = "单位在登录页的“单位注册”提交后出现在这里。"

    def everything(self, scope: Scope) -> QuerySet[Registration]:
        return visible_registrations(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counted = registrations_by_state(self.scope)
        now = self.request.GET.get("state", "")
        tabs = [
            {"label": "全部", "url": "?all=1", "count": sum(counted.values()), "active": not now}
        ]
        tabs += [
            {"label": label, "url": f"?state={value}", "count": counted.get(value, 0),
             "active": now == value}
            for value, label in FILED
        ]  # fmt: skip
        return super().get_context_data(tabs=tabs, **kwargs)


class RegistrationExportView(ExportMixin, RegistrationListView):
    pass


class RegistrationView(RegistrationPages, ScopedDetailView):
    """What was filed, its proofs and timeline, and what one may decide now."""

    template_name = "organisations/registration.html"
    key_field = "receipt_no"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: Registration = kwargs["object"]
        held = registration_standings(self.scope, row)
        offered = REGISTRATION_MACHINE.offers(row, held)
        offers = {offer.transition.verb: offer.verdict for offer in offered}
        steps = [
            {
                "at": step.at,
                "who": f"{step.office} {step.by_name}" if step.verb != "submit" else step.office,
                "what": step.label,
                "note": "；".join(
                    [step.text]
                    + [f"{REVIEWED_FIELDS.get(k, k)}：{v}" for k, v in step.findings.items()]
                ).strip("；"),
            }
            for step in row.steps.order_by("pk")
        ]
        form = ReviewForm(initial={"version": row.row_version})
        context = {
            "form": form,
            "offers": offers,
            "documents": document_items(
                registration_files(row),
                lambda each: reverse("registration-file", args=[row.receipt_no, each.pk]),
            ),
            "offered": offered_actions(
                offered,
                url=lambda verb: reverse("registration-act", args=[row.receipt_no, verb]),
                version=row.row_version,
                on_page={"accept": "decide", "return": "decide", "refuse": "decide"},
            ),
            "holder": registration_holder(row),
            "level": REGISTRATION_LEVELS[row.state],
            "timeline": with_holder(steps, who=registration_holder(row)),
            "breadcrumbs": [
                {"label": "注册审核", "url": reverse("registration-list")},
                {"label": row.receipt_no},
            ],
            "page_title": row.name,
            **kwargs,
        }
        return super().get_context_data(**context)


class RegistrationActView(RegistrationView):
    """POST only; the address names the verb."""

    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.get_object()
        form = ReviewForm(request.POST)
        if form.is_valid():
            try:
                self._decide(row, kwargs["verb"], form)
            except Refusal as refusal:
                if refusal.status != 400:
                    return refusal_page(request, refusal, form)
                form.add_error("review_note", refusal.reason)
            else:
                messages.success(request, DONE[kwargs["verb"]])
                return HttpResponseRedirect(reverse("registration", args=[row.receipt_no]))
        context = self.get_context_data(object=row, form=form)
        return self.render_to_response(context, status=400)

    def _decide(self, row: Registration, verb: str, form: ReviewForm) -> None:
        values = form.cleaned_data
        common: dict[str, Any] = {
            "registration": row, "by": self.user, "scope": self.scope, "at": timezone.now(),
            "seen_version": values["version"],
        }  # fmt: skip
        if verb == "take":
            take_registration(**common)
        elif verb == "accept":
            accept_registration(**common)
        elif verb == "return":
            return_registration(
                review_note=values["review_note"], findings=form.findings(), **common
            )
        else:
            refuse_registration(review_note=values["review_note"], **common)


class RegistrationFileView(RegistrationPages, ScopedDetailView):
    """A proof, for those who see the registration; only what passed inspection is served."""

    key_field = "receipt_no"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        return served(request, registration_files(self.get_object()), kwargs["file_id"])
