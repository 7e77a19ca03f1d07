"""Candidates for an adjusted service price: the list, one with its figures, and its steps."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.filters.services import ServiceCandidateFilter
from catalog.forms.services import AdjustForm, DeclineForm, EvaluateForm
from catalog.models import ServiceCandidate
from catalog.operations.service_candidates import (
    adjust_service,
    decline_candidate,
    evaluate_candidate,
    list_candidates,
)
from catalog.queries.listing_cases import case_files
from catalog.queries.services import (
    OBJECT_TYPE,
    candidate_standings,
    may_price,
    visible_service_candidates,
)
from catalog.states.service_candidate import (
    CANDIDATE_LEVELS,
    CANDIDATE_MACHINE,
    AdjustingWay,
    CandidateGround,
)
from catalog.tables.services import CANDIDATE_COLUMNS, urgency
from catalog.views.services import ServiceList
from core.attachments.inspect import max_megabytes
from core.transitions import MissingInput, NotYours, Refusal, Verdict
from core.views.errors import refusal_page
from core.views.object_page import document_items, offered_actions
from organisations.queries.object_steps import steps_of, with_holder
from organisations.queries.scope import Scope
from organisations.views.files import kept_file
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView, ScopedTemplateView

HOLDERS = {"listed": "经办评估", "evaluating": "审核或负责人决定"}
STEP_FORMS: dict[str, type[forms.Form]] = {
    "evaluate": EvaluateForm,
    "adjust": AdjustForm,
    "decline": DeclineForm,
}


class ServiceCandidateListView(ServiceList):
    page_note = "因集采降价应评估价格的服务项目，每年一次；列入后评估、调整，或说明原因不予调整"
    filterset_class = ServiceCandidateFilter
    columns = CANDIDATE_COLUMNS
    default_sort = "-listed"
    route, export_route = "service-candidates", "service-candidates-export"
    sheet_name = "调价候选"
    bar = ("stage", "ground", "accelerated", "year")
    empty_text = "医保局按关联耗材的集采价格列出候选；调整后对各方公开。"

    def everything(self, scope: Scope) -> QuerySet[ServiceCandidate]:
        return visible_service_candidates(scope).select_related(
            "item", "region", "price", "new_price"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        find = {
            "label": "列出本年候选", "kind": "primary", "method": "post",
            "url": reverse("service-candidates-find"),
        }  # fmt: skip
        actions = [find] if may_price(self.scope) else []
        return super().get_context_data(**{"actions": actions, **kwargs})


class ServiceCandidateExportView(ExportMixin, ServiceCandidateListView):
    pass


class ServiceCandidatesFindView(ScopedTemplateView):
    """POST only: list what the ties and prices of today make candidates of this year."""

    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        allowed = may_price(self.scope)
        if not allowed:
            return refusal_page(request, NotYours.of(allowed))
        found = list_candidates(by=self.user, scope=self.scope, at=timezone.now())
        words = f"新列入 {len(found.rows)} 项，本年已列 {found.known} 项"
        messages.success(request, words)
        if found.left_out:
            more = f"等 {len(found.left_out)} 处" if len(found.left_out) > 3 else ""
            messages.warning(request, "没有列入：" + "；".join(found.left_out[:3]) + more)
        return HttpResponseRedirect(reverse("service-candidates"))


class ServiceCandidateView(ScopedDetailView):
    template_name = "catalog/service_candidate.html"
    key_field = key = "candidate_no"

    def visible(self, scope: Scope) -> QuerySet[ServiceCandidate]:
        return visible_service_candidates(scope).select_related(
            "item", "region", "price__region", "new_price"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: ServiceCandidate = kwargs["object"]
        failed, verb = kwargs.pop("failed", None), kwargs.pop("verb", "")
        holder = f"{row.region.name}医保局{HOLDERS[row.state]}" if row.state in HOLDERS else ""
        offers = CANDIDATE_MACHINE.offers(row, candidate_standings(self.scope, row))
        step_forms = [
            {
                "id": each.transition.verb,
                "title": each.transition.label,
                "url": step_url(row, each.transition.verb),
                "files": each.transition.verb != "decline",
                "form": failed if failed and verb == each.transition.verb
                else _blank(each.transition.verb, row),
            }
            for each in offers
            if each.verdict
        ]  # fmt: skip
        return super().get_context_data(
            **{
                "row": row,
                "level": CANDIDATE_LEVELS[row.state],
                "holder": holder,
                "urgency": urgency(row),
                "change": (row.cost_after or 0) - (row.cost_before or 0),
                "offered": offered_actions(
                    offers, url=lambda v: step_url(row, v), version=row.row_version,
                    on_page={v: v for v in STEP_FORMS},
                ),
                "step_forms": step_forms,
                "documents": document_items(
                    case_files(OBJECT_TYPE, row),
                    lambda f: reverse("service-candidate-file", args=[row.candidate_no, f.pk]),
                ),
                "timeline": with_holder(
                    steps_of(self.scope, OBJECT_TYPE, row.pk), who=holder
                ),
                "upload_megabytes": max_megabytes(),
                "page_title": f"{row.item.name}（{row.year} 年）",
                "page_note": f"{row.region.name} · {row.candidate_no}",
                "breadcrumbs": [
                    {"label": "调价候选", "url": reverse("service-candidates")},
                    {"label": row.candidate_no},
                ],
                **kwargs,
            }
        )  # fmt: skip


def _blank(verb: str, row: ServiceCandidate) -> forms.Form:
    initial: dict[str, Any] = {"version": row.row_version}
    if verb == "adjust":
        initial["opinion"] = row.opinion
    form = STEP_FORMS[verb](initial=initial)
    if verb == "evaluate":
        field: Any = form.fields["way"]
        contained = row.ground == CandidateGround.INCLUDED
        field.choices = [
            (value, label)
            for value, label in AdjustingWay.choices
            if (value == AdjustingWay.DYNAMIC) == contained
        ]
    return form


def step_url(row: ServiceCandidate, verb: str) -> str:
    return reverse(f"service-candidate-{verb}", args=[row.candidate_no])


class CandidateStepView(ServiceCandidateView):
    """POST only: one step; what is wrong stays beside its form."""

    http_method_names = ("post", "options")
    verb: ClassVar[str]
    done: ClassVar[str]

    def act(self, row: ServiceCandidate, values: dict[str, Any]) -> None:
        raise NotImplementedError

    def mine(self, row: ServiceCandidate) -> Verdict:
        """Whose step it is not learns that before anything that they typed is looked at."""
        standings = candidate_standings(self.scope, row)
        step = CANDIDATE_MACHINE.named(self.verb)
        if step.by & standings:
            return Verdict(True)
        return CANDIDATE_MACHINE.verdict(step, row, standings)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: ServiceCandidate = self.get_object()
        allowed = self.mine(row)
        if not allowed:
            return refusal_page(request, NotYours.of(allowed))
        form = STEP_FORMS[self.verb](request.POST)
        if form.is_valid():
            values = dict(form.cleaned_data)
            values["seen_version"] = values.pop("version")
            try:
                self.act(row, values)
            except MissingInput as missing:
                field = missing.field if missing.field in form.fields else None
                form.add_error(field, missing.reason)
            except Refusal as refusal:
                return refusal_page(request, refusal, form)
            else:
                messages.success(request, self.done)
                return HttpResponseRedirect(reverse("service-candidate", args=[row.candidate_no]))
        context = self.get_context_data(object=row, failed=form, verb=self.verb)
        return self.render_to_response(context, status=400)


class CandidateEvaluateView(CandidateStepView):
    verb, done = "evaluate", "已开始评估"

    def act(self, row: ServiceCandidate, values: dict[str, Any]) -> None:
        evaluate_candidate(
            candidate=row, uploads=self.request.FILES.getlist("files"), by=self.user,
            scope=self.scope, at=timezone.now(), **values,
        )  # fmt: skip


class CandidateAdjustView(CandidateStepView):
    verb, done = "adjust", "价格已调整，已通知本地区医疗机构"

    def act(self, row: ServiceCandidate, values: dict[str, Any]) -> None:
        adjust_service(
            candidate=row, uploads=self.request.FILES.getlist("files"), by=self.user,
            scope=self.scope, at=timezone.now(), **values,
        )  # fmt: skip


class CandidateDeclineView(CandidateStepView):
    verb, done = "decline", "已记录不予调整的原因"

    def act(self, row: ServiceCandidate, values: dict[str, Any]) -> None:
        decline_candidate(
            candidate=row, by=self.user, scope=self.scope, at=timezone.now(), **values
        )


class CandidateFileView(ServiceCandidateView):
    """A paper of the evaluation, for those who see the candidate."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        files = case_files(OBJECT_TYPE, self.get_object())
        return kept_file(request, next((f for f in files if f.pk == kwargs["file_id"]), None))
