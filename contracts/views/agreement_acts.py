"""Steps on one agreement: sign, refuse, terminate, and a new version."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from contracts.forms.agreements import AgreementStepForm, ChangeForm
from contracts.models import Agreement
from contracts.operations.agreements.change import make_version, may_change, terminate_agreement
from contracts.operations.agreements.sign import refuse_agreement, sign_agreement
from contracts.views.agreements import STEP_FORMS, AgreementView
from core.transitions import MissingInput, NotYours, Refusal
from core.views.errors import refusal_page

DONE = {
    "sign": "已签署", "refuse": "已拒签，另外两方会看到原因", "terminate": "协议已终止，三方已收到通知",
}  # fmt: skip


class AgreementActView(AgreementView):
    """POST only: one operation, back to the agreement; a refusal shows the page again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        verb = self.kwargs["verb"]
        if verb not in STEP_FORMS:
            raise Http404
        agreement = self.get_object()
        form = self.sent = STEP_FORMS[verb](request.POST)
        if not form.is_valid():
            context = self.get_context_data(object=agreement, step_error="请按提示改正后再提交")
            return self.render_to_response(context, status=400)
        try:
            self.act(verb, agreement, form.cleaned_data)
        except MissingInput as missing:
            context = self.get_context_data(object=agreement, step_error=missing.reason)
            return self.render_to_response(context, status=400)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, DONE[verb])
        return HttpResponseRedirect(reverse("agreement", args=[agreement.key]))

    def act(self, verb: str, agreement: Agreement, values: dict[str, Any]) -> None:
        acting: dict[str, Any] = {
            "agreement": agreement, "by": self.user, "scope": self.scope, "at": timezone.now(),
            "seen_version": values["version"],
        }  # fmt: skip
        if verb == "sign":
            sign_agreement(seen_digest=values["digest"], **acting)
        elif verb == "refuse":
            refuse_agreement(refusal_reason=values["words"], **acting)
        else:
            terminate_agreement(ending_reason=values["words"], **acting)

    def step_form(self, verb: str, agreement: Agreement) -> AgreementStepForm:
        """As it was sent, so that nothing has to be typed twice."""
        return self.sent if verb == self.kwargs["verb"] else super().step_form(verb, agreement)


class AgreementChangeView(AgreementView):
    """A new version with another distributor or other quantities."""

    template_name = "contracts/agreement_change.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        agreement = self.get_object()
        allowed = may_change(self.scope, agreement)
        if not allowed:
            return refusal_page(request, NotYours.of(allowed))
        return self.shown(agreement, self.form(agreement))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        agreement = self.get_object()
        allowed = may_change(self.scope, agreement)
        if not allowed:
            return refusal_page(request, NotYours.of(allowed))
        form = self.form(agreement, request.POST)
        if not form.is_valid():
            return self.shown(agreement, form, 400)
        try:
            new = make_version(
                agreement=agreement, distributor=form.cleaned_data["distributor_code"],
                quantities=form.quantities(), change_reason=form.cleaned_data["change_reason"],
                by=self.user, scope=self.scope, at=timezone.now(),
                seen_version=form.cleaned_data["version"],
            )  # fmt: skip
        except Refusal as refusal:
            field = {"distributor": "distributor_code", "change_reason": "change_reason"}
            form.add_error(field.get(getattr(refusal, "field", "")), refusal.reason)
            return self.shown(agreement, form, refusal.status)
        messages.success(request, f"已提出第 {new.version} 版，三方签齐前原版本继续有效")
        return HttpResponseRedirect(reverse("agreement", args=[new.key]))

    def form(self, agreement: Agreement, data: Any = None) -> ChangeForm:
        items = list(agreement.items.select_related("product__group").order_by("line_no"))
        known = {"version": agreement.row_version}
        return ChangeForm(data, initial=known, items=items, scope=self.scope)

    def shown(self, agreement: Agreement, form: ChangeForm, status: int = 200) -> HttpResponse:
        context = {
            "object": agreement, "form": form, "page_title": f"变更：{agreement}",
            "back_url": reverse("agreement", args=[agreement.key]),
            "breadcrumbs": [
                {"label": "三方协议", "url": reverse("agreements")},
                {"label": str(agreement), "url": reverse("agreement", args=[agreement.key])},
                {"label": "变更"},
            ],
        }  # fmt: skip
        return self.render_to_response(context, status=status)
