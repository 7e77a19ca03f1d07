"""处置 records: the list, a new one, one with its outcome."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.queries.visible import visible_batches
from contracts.filters.powers import DisposalFilter
from contracts.forms.agreements import DisposalForm, OutcomeForm
from contracts.models import Disposal
from contracts.operations.disposals import close_disposal, record_disposal
from contracts.queries.disposals import disposal_standings, may_dispose, visible_disposals
from contracts.states.power import DISPOSAL_LEVELS, DISPOSAL_MACHINE
from contracts.tables.agreements import DISPOSAL_COLUMNS
from core.transitions import MissingInput, NotYours, Refusal, Verdict
from core.views.errors import refusal_page
from core.views.object_page import offered_actions
from organisations.queries.object_steps import steps_of
from organisations.queries.scope import Scope
from organisations.queries.visible import visible_organisations
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView, ScopedTemplateView

NAMED = ("organisation", "batch", "decided_by", "agreement")


class DisposalListView(FilteredListView):
    page_title = "未签协议处置"
    page_note = "对逾期未签、拒签的单位作出的处置和结果"
    filterset_class = DisposalFilter
    columns = DISPOSAL_COLUMNS
    default_sort = "-decided"
    keyset = ("decided_at", "id")
    route, export_route, sheet_name = "disposals", "disposals-export", "处置记录"
    bar = ("stage", "kind")
    search_hint = "编号、单位、拼音首字母"
    empty_text = "没有处置记录。"

    def everything(self, scope: Scope) -> QuerySet[Disposal]:
        return visible_disposals(scope).select_related(*NAMED)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actions = []
        if may_dispose(self.scope):
            new = {"label": "登记处置", "url": reverse("disposal-new"), "kind": "primary"}
            actions.append(new)
        return super().get_context_data(actions=actions, **kwargs)


class DisposalExportView(ExportMixin, DisposalListView):
    pass


class DisposalNewView(ScopedTemplateView):
    template_name = "contracts/disposal_new.html"
    page_title = "登记处置"
    page_note = "被处置单位会收到通知；办结时写明结果"

    def entry(self, scope: Scope) -> Verdict:
        return may_dispose(scope)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        given = request.GET
        known = {
            "organisation_code": given.get("organisation", ""), "batch_code": given.get("batch", ""),
            "year_no": given.get("year_no", "1"),
        }  # fmt: skip
        return self.render_to_response(self.get_context_data(form=DisposalForm(initial=known)))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = DisposalForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=400)
        try:
            row = self.make(form.cleaned_data)
        except NotYours as refusal:
            return refusal_page(request, refusal, form)
        except Refusal as refusal:
            named = {"organisation": "organisation_code", "batch": "batch_code"}
            field = getattr(refusal, "field", "")
            field = named.get(field, field)
            form.add_error(field if field in form.fields else None, refusal.reason)
            return self.render_to_response(self.get_context_data(form=form), status=refusal.status)
        messages.success(request, "已登记，该单位已收到通知")
        return HttpResponseRedirect(reverse("disposal", args=[row.disposal_no]))

    def make(self, given: dict[str, Any]) -> Disposal:
        code = given["organisation_code"].strip()
        organisation = visible_organisations(self.scope).filter(
            code=code, kind__in=("institution", "enterprise")
        ).first()  # fmt: skip
        if organisation is None:
            raise MissingInput("organisation", "没有这个编码的医疗机构或企业，请核对")
        batch = visible_batches(self.scope).filter(code=given["batch_code"].strip()).first()
        if batch is None:
            raise MissingInput("batch", "没有这个代码的批次，请核对")
        return record_disposal(
            organisation=organisation, batch=batch, year_no=given["year_no"], kind=given["kind"],
            reason=given["reason"], due_on=given["due_on"], by=self.user, scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            list_url=reverse("disposals"),
            breadcrumbs=[
                {"label": "未签协议处置", "url": reverse("disposals")}, {"label": self.page_title},
            ],
            **kwargs,
        )  # fmt: skip


class DisposalView(ScopedDetailView):
    template_name = "contracts/disposal_detail.html"
    key_field = key = "disposal_no"

    def visible(self, scope: Scope) -> QuerySet[Disposal]:
        return visible_disposals(scope).select_related(*NAMED)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: Disposal = kwargs["object"]
        offers = DISPOSAL_MACHINE.offers(row, disposal_standings(self.scope, row))
        return super().get_context_data(
            **{
                "level": DISPOSAL_LEVELS[row.state],
                "offered": offered_actions(
                    offers, url=lambda verb: reverse("disposal-close", args=[row.disposal_no]),
                    version=row.row_version, on_page={"close": "close"},
                ),
                "may_close": any(each.verdict.ok for each in offers),
                "close_form": OutcomeForm(initial={"version": row.row_version}),
                "timeline": steps_of(self.scope, DISPOSAL_MACHINE.name, row.pk),
                "breadcrumbs": [
                    {"label": "未签协议处置", "url": reverse("disposals")},
                    {"label": row.disposal_no},
                ],
                **kwargs,
                "page_title": f"{row.get_kind_display()}：{row.organisation.name}",
            }
        )  # fmt: skip


class DisposalCloseView(DisposalView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.get_object()
        form = OutcomeForm(request.POST)
        if not form.is_valid():
            context = self.get_context_data(object=row, close_form=form)
            return self.render_to_response(context, status=400)
        try:
            close_disposal(
                disposal=row, outcome=form.cleaned_data["words"], by=self.user, scope=self.scope,
                at=timezone.now(), seen_version=form.cleaned_data["version"],
            )  # fmt: skip
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, "处置已办结")
        return HttpResponseRedirect(reverse("disposal", args=[row.disposal_no]))
