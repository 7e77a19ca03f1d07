"""Powers of attorney: the list, registering one, one with its paper, revoking it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.queries.visible import visible_batches
from contracts.filters.powers import PowerFilter
from contracts.forms.agreements import AgreementWordsForm, PowerForm
from contracts.models import PowerOfAttorney
from contracts.operations.powers import may_register, register_power, revoke_power
from contracts.queries.powers import (
    WRONG_AGENT,
    institution_named,
    papers_of,
    power_standings,
    visible_powers,
)
from contracts.states.power import POWER_LEVELS, POWER_MACHINE
from contracts.tables.agreements import POWER_COLUMNS
from core.attachments.models import Attachment
from core.transitions import MissingInput, NotYours, Refusal, Verdict
from core.views.errors import refusal_page
from core.views.object_page import document_items, offered_actions
from organisations.queries.object_steps import steps_of
from organisations.queries.scope import Scope
from organisations.queries.visible import visible_organisations
from organisations.views.files import served
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView, ScopedTemplateView

NAMED = ("principal", "agent", "batch", "registered_by")


class PowerListView(FilteredListView):
    page_title = "授权书"
    page_note = "医疗机构授权医共体牵头机构或其他机构代签三方协议；授权书附在签署记录上"
    filterset_class = PowerFilter
    columns = POWER_COLUMNS
    default_sort = "-registered"
    route, export_route, sheet_name = "powers", "powers-export", "授权书"
    bar = ("stage",)
    search_hint = "编号、机构、拼音首字母"
    empty_text = "没有授权书。"

    def everything(self, scope: Scope) -> QuerySet[PowerOfAttorney]:
        return visible_powers(scope).select_related(*NAMED)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actions = []
        if may_register(self.scope):
            new = {"label": "登记授权书", "url": reverse("power-new"), "kind": "primary"}
            actions.append(new)
        return super().get_context_data(actions=actions, **kwargs)


class PowerExportView(ExportMixin, PowerListView):
    pass


class PowerNewView(ScopedTemplateView):
    template_name = "contracts/power_new.html"
    page_title = "登记授权书"
    page_note = "登记后，代签单位的负责人可在有效期内为授权单位签署三方协议"

    def entry(self, scope: Scope) -> Verdict:
        return may_register(scope)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=PowerForm()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = PowerForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=400)
        try:
            row = self.make(form.cleaned_data)
        except NotYours as refusal:
            return refusal_page(request, refusal, form)
        except Refusal as refusal:
            named = {"principal": "principal_code", "agent": "agent_code", "files": "paper"}
            field = getattr(refusal, "field", "")
            field = named.get(field, field)
            form.add_error(field if field in form.fields else None, refusal.reason)
            return self.render_to_response(self.get_context_data(form=form), status=refusal.status)
        messages.success(request, "授权书已登记")
        return HttpResponseRedirect(reverse("power", args=[row.power_no]))

    def make(self, given: dict[str, Any]) -> PowerOfAttorney:
        hospitals = visible_organisations(self.scope).filter(kind="institution")
        code = given["principal_code"].strip()
        principal = hospitals.filter(code=code).first() if code else self.user.organisation
        agent = institution_named(self.scope, given["agent_code"].strip())
        if principal is None:
            raise MissingInput("principal", "没有这个编码的医疗机构，请核对")
        if agent is None:
            raise MissingInput("agent", WRONG_AGENT)
        batch, code = None, given["batch_code"].strip()
        if code:
            batch = visible_batches(self.scope).filter(code=code).first()
            if batch is None:
                raise MissingInput("batch_code", "没有这个代码的批次，请核对")
        return register_power(
            principal=principal, agent=agent, batch=batch, valid_from=given["valid_from"],
            valid_to=given["valid_to"], papers=[given["paper"]], by=self.user, scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            list_url=reverse("powers"),
            breadcrumbs=[{"label": "授权书", "url": reverse("powers")}, {"label": self.page_title}],
            **kwargs,
        )


class PowerView(ScopedDetailView):
    template_name = "contracts/power_detail.html"
    key_field = key = "power_no"

    def visible(self, scope: Scope) -> QuerySet[PowerOfAttorney]:
        return visible_powers(scope).select_related(*NAMED)

    def files(self, power: PowerOfAttorney) -> QuerySet[Attachment]:
        return papers_of(power)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        power: PowerOfAttorney = kwargs["object"]
        offers = POWER_MACHINE.offers(power, power_standings(self.scope, power))
        number = power.power_no
        return super().get_context_data(
            **{
                "level": POWER_LEVELS[power.state],
                "offered": offered_actions(
                    offers, url=lambda verb: reverse("power-revoke", args=[number]),
                    version=power.row_version, on_page={"revoke": "revoke"},
                ),
                "may_revoke": any(each.verdict.ok for each in offers),
                "revoke_form": AgreementWordsForm(initial={"version": power.row_version}),
                "documents": document_items(
                    self.files(power), lambda each: reverse("power-file", args=[number, each.pk])
                ),
                "timeline": steps_of(self.scope, POWER_MACHINE.name, power.pk),
                "breadcrumbs": [{"label": "授权书", "url": reverse("powers")}, {"label": number}],
                **kwargs,
                "page_title": f"授权书 {number}",
            }
        )  # fmt: skip


class PowerFileView(PowerView):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:  # type: ignore[override]
        return served(request, self.files(self.get_object()), str(self.kwargs["file_id"]))


class PowerRevokeView(PowerView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        power = self.get_object()
        form = AgreementWordsForm(request.POST)
        if not form.is_valid():
            context = self.get_context_data(object=power, revoke_form=form)
            return self.render_to_response(context, status=400)
        try:
            revoke_power(
                power=power, revocation_reason=form.cleaned_data["words"], by=self.user,
                scope=self.scope, at=timezone.now(), seen_version=form.cleaned_data["version"],
            )  # fmt: skip
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, "授权已撤销")
        return HttpResponseRedirect(reverse("power", args=[power.power_no]))
