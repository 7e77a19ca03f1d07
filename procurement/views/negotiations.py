"""议价: the list, opening one, one with its offers, and its steps."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.views.quality import OneFormView
from core.transitions import MissingInput, Refusal, Verdict
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from procurement.filters.negotiations import NegotiationFilter
from procurement.forms.negotiations import AcceptForm, NewNegotiationForm, OfferForm
from procurement.forms.standby import CaseWordsForm
from procurement.models import Negotiation
from procurement.operations.negotiations import (
    offer_price,
    open_negotiation,
    step_negotiation,
)
from procurement.queries.negotiations import (
    may_negotiate,
    negotiation_standings,
    offers_of,
    partner,
    side_of,
    visible_negotiations,
)
from procurement.states.negotiation import CLAUSE, NEGOTIATION_LEVELS, NEGOTIATION_MACHINE
from procurement.tables.negotiations import NEGOTIATION_COLUMNS, SIDES
from procurement.views.cases import CaseActView, CaseView

NAMED = ("product", "institution__region__parent__parent", "manufacturer")


class NegotiationListView(FilteredListView):
    page_title = "议价"
    page_note = "非中选产品在挂网价以内由医疗机构与生产企业议价；议定价在执行日期内用于下单"
    filterset_class = NegotiationFilter
    columns = NEGOTIATION_COLUMNS
    default_sort = "-opened"
    keyset = ("opened_at", "id")
    route, export_route, sheet_name = "negotiations", "negotiations-export", "议价"
    bar = ("stage",)
    search_hint = "产品、机构、编号、拼音首字母"
    empty_text = "没有议价，或不在您的查看范围内。"

    def everything(self, scope: Scope) -> QuerySet[Negotiation]:
        return visible_negotiations(scope).select_related(*NAMED)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        new = {"label": "发起议价", "url": reverse("negotiation-new"), "kind": "primary"}
        actions = [new] if may_negotiate(self.scope) else []
        return super().get_context_data(actions=actions, **kwargs)


class NegotiationExportView(ExportMixin, NegotiationListView):
    pass


class NegotiationNewView(OneFormView):
    page_title = "发起议价"
    page_note = "报价不得高于当日挂网价；对方可以接受，也可以另行报价，双方的每次报价都留存"
    form_class = NewNegotiationForm
    list_route, list_label = "negotiations", "议价"
    submit, done = "报价", "已发起，对方已收到待办"

    def allowed(self, scope: Scope) -> Verdict:
        return may_negotiate(scope)

    def initial(self) -> dict[str, Any]:
        return {"product_code": self.request.GET.get("product_code", "")}

    def make(self, values: dict[str, Any]) -> str:
        institution = partner(self.scope, values.pop("institution_code").strip())
        if institution is None:
            words = "没有这个代码的、可与之议价的医疗机构，请核对"
            raise MissingInput("institution_code", words, CLAUSE)
        row = open_negotiation(
            institution=institution, product=values.pop("product_code"),
            by=self.user, scope=self.scope, at=timezone.now(), **values,
        )  # fmt: skip
        return reverse("negotiation", args=[row.negotiation_no])


class NegotiationView(CaseView):
    template_name = "procurement/negotiation_detail.html"
    key_field = key = "negotiation_no"
    machine, levels = NEGOTIATION_MACHINE, NEGOTIATION_LEVELS
    steps = {"negotiation.offer": "报价"}

    def visible(self, scope: Scope) -> QuerySet[Negotiation]:
        return visible_negotiations(scope).select_related(*NAMED)

    def standings(self, row: Negotiation) -> frozenset[str]:
        return negotiation_standings(self.scope, row)

    def form_of(self, verb: str, row: Negotiation, data: Any = None) -> forms.Form:
        first: dict[str, Any] = {"initial": {"version": row.row_version}}
        if verb == "accept":
            return AcceptForm(data, **first)
        return CaseWordsForm(data, words_label="终止原因", **first)

    def act_url(self, row: Negotiation, verb: str) -> str:
        return reverse("negotiation-act", args=[row.negotiation_no, verb])

    def who(self, row: Negotiation) -> str:
        if row.state != Negotiation.State.OPEN:
            return ""
        maker = row.manufacturer.name if row.manufacturer else ""
        return maker if row.last_side == "institution" else row.institution.name

    def facts(self, row: Negotiation) -> list[dict[str, Any]]:
        facts: list[dict[str, Any]] = [
            {"label": "产品", "value": f"{row.product}（{row.product.code}）",
             "url": reverse("product-detail", args=[row.product.code])},
            {"label": "医疗机构", "value": row.institution.name},
            {"label": "生产企业", "value": row.manufacturer.name if row.manufacturer else ""},
            {"label": "发起时挂网价", "value": f"{row.listed_price.normalize():f} 元/包装"},
            {"label": "议定价" if row.state == "agreed" else f"最近报价（{SIDES[row.last_side]}）",
             "value": f"{row.price.normalize():f} 元/包装"},
            {"label": "执行日期", "value": f"{row.valid_from:%Y-%m-%d} 至 {row.valid_to:%Y-%m-%d}"},
        ]  # fmt: skip
        if row.end_reason:
            facts.append({"label": "终止原因", "value": row.end_reason, "wide": True})
        return facts

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: Negotiation = kwargs["object"]
        offer_form = kwargs.pop("offer_form", None)
        if row.state == Negotiation.State.OPEN and side_of(self.scope, row):
            first = {"version": row.row_version, "price": row.price,
                     "valid_from": row.valid_from, "valid_to": row.valid_to}  # fmt: skip
            offer_form = offer_form or OfferForm(initial=first)
        crumbs = [{"label": "议价", "url": reverse("negotiations")}, {"label": row.negotiation_no}]
        return super().get_context_data(
            **self.case_context(
                row, breadcrumbs=crumbs, offers=offers_of(row), offer_form=offer_form,
                offer_url=reverse("negotiation-offer", args=[row.negotiation_no]), **kwargs,
                page_title=f"议价：{row.product}",
            )
        )  # fmt: skip


class NegotiationOfferView(NegotiationView):
    """POST only: another offer of the own side."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: Negotiation = self.get_object()
        form = OfferForm(request.POST)
        try:
            if form.is_valid():
                given = dict(form.cleaned_data)
                offer_price(
                    negotiation=row, by=self.user, scope=self.scope, at=timezone.now(),
                    seen_version=given.pop("version"), **given,
                )  # fmt: skip
                messages.success(request, "已报价，对方已收到待办")
                return HttpResponseRedirect(reverse("negotiation", args=[row.negotiation_no]))
        except MissingInput as missing:
            form.add_error(missing.field if missing.field in form.fields else None, missing.reason)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        context = self.get_context_data(object=row, offer_form=form)
        return self.render_to_response(context, status=400)


def _step(view: NegotiationView, row: Negotiation, values: dict[str, Any]) -> None:
    step_negotiation(
        negotiation=row, verb=view.kwargs["verb"], words=values.get("words", ""), by=view.user,
        scope=view.scope, at=timezone.now(), seen_version=values["version"],
    )  # fmt: skip


class NegotiationActView(CaseActView, NegotiationView):
    acts = {"accept": _step, "end": _step}

    def done_url(self, row: Negotiation) -> str:
        return reverse("negotiation", args=[row.negotiation_no])
