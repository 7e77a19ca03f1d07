"""Requests to return or exchange: the list of both sides, one request and its steps."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.queries.steps import steps_of
from core.transitions import MissingInput, Refusal
from core.views.errors import refusal_page
from core.views.object_page import offered_actions
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView
from procurement.filters.receiving import ReturnRequestFilter
from procurement.forms.receiving import RequestStepForm
from procurement.models import ReturnRequest
from procurement.operations.return_requests import step_request
from procurement.queries.return_requests import (
    may_ask,
    request_standings,
    visible_return_requests,
)
from procurement.rules.trace_code import code_lines
from procurement.states.return_request import REQUEST_LEVELS, REQUEST_MACHINE
from procurement.tables.receiving import REQUEST_COLUMNS
from procurement.views.receiving import receiving_tabs

NAMED = ("institution", "distributor", "manufacturer", "product")
STEPS = {"return_request.ask": "申请"} | {
    f"return_request.{each.verb}": each.label for each in REQUEST_MACHINE.transitions
}
INPUTS = ("answer_words", "turn_words", "new_note_no", "new_lot_no", "new_expires_on")
ON_PAGE = {"confirm": "confirm", "refuse": "refuse", "replace": "replace", "turn": "turn"}
HOLDERS = {
    "asked": "配送企业确认", "agreed": "配送企业补发", "replaced": "医疗机构确认收到补发",
}  # fmt: skip


class ReturnListView(FilteredListView):
    page_title = "退换货"
    page_note = "医疗机构对已验收的包装申请退货或换货，配送企业确认后才算退回"
    filterset_class = ReturnRequestFilter
    columns = REQUEST_COLUMNS
    default_sort = "-asked"
    keyset = ("asked_at", "id")
    route, export_route, sheet_name = "returns", "returns-export", "退换货"
    bar = ("stage", "kind", "since", "until")
    search_hint = "申请号、产品、编码、拼音首字母"
    empty_text = "没有退换货申请。在收货页可以申请。"

    def everything(self, scope: Scope) -> QuerySet[ReturnRequest]:
        return visible_return_requests(scope).select_related(*NAMED)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        upload = {"label": "Excel 申请", "url": reverse("return-upload")}
        return super().get_context_data(
            tabs=receiving_tabs(self.route), actions=[upload] if may_ask(self.scope) else [],
            **kwargs,
        )  # fmt: skip


class ReturnExportView(ExportMixin, ReturnListView):
    pass


class ReturnView(ScopedDetailView):
    template_name = "procurement/return.html"
    key_field = key = "request_no"

    def visible(self, scope: Scope) -> QuerySet[ReturnRequest]:
        return visible_return_requests(scope).select_related(*NAMED)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: ReturnRequest = kwargs["object"]
        offers = REQUEST_MACHINE.offers(row, request_standings(self.scope, row))
        open_steps = [
            offer.transition.verb for offer in offers
            if offer.verdict.ok and offer.transition.verb in ON_PAGE
        ]  # fmt: skip
        # A return and an exchange have different ways: the other's steps are not shown at all.
        other = "agree" if row.kind == ReturnRequest.Kind.RETURN else "confirm"
        shown = [offer for offer in offers if offer.transition.verb != other]
        return super().get_context_data(
            **{
                "page_title": f"{row.get_kind_display()}：{row.product}",
                "level": REQUEST_LEVELS[row.state],
                "holder": HOLDERS.get(row.state, ""),
                "offered": offered_actions(
                    [offer for offer in shown if offer.verdict.ok],
                    url=lambda verb: reverse("return-act", args=[row.request_no, verb]),
                    version=row.row_version, on_page=ON_PAGE,
                ),
                "open_steps": open_steps,
                "form": RequestStepForm(initial={"version": row.row_version}),
                "timeline": steps_of(REQUEST_MACHINE.name, row.pk, STEPS),
                "breadcrumbs": [
                    {"label": "退换货", "url": reverse("returns")}, {"label": row.request_no},
                ],
                **kwargs,
            }
        )  # fmt: skip


class ReturnActView(ReturnView):
    """POST only: one step, back to the request."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.get_object()
        verb = kwargs["verb"]
        if verb not in {each.verb for each in REQUEST_MACHINE.transitions}:
            raise Http404
        form = RequestStepForm(request.POST)
        if not form.is_valid():
            context = self.get_context_data(object=row, form=form)
            return self.render_to_response(context, status=400)
        values = form.cleaned_data
        try:
            moved = step_request(
                request=row, verb=verb, by=self.user, scope=self.scope, at=timezone.now(),
                inputs={name: values[name] for name in INPUTS},
                codes=code_lines(values["codes"]),
                seen_version=values["version"],
            )  # fmt: skip
        except MissingInput as missing:
            form.add_error(missing.field if missing.field in form.fields else None, missing.reason)
            context = self.get_context_data(object=row, form=form)
            return self.render_to_response(context, status=400)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, f"已办理：{moved.get_state_display()}")
        return HttpResponseRedirect(reverse("return", args=[row.request_no]))
