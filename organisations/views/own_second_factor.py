"""One's own second factor: take it on, renew the recovery codes, give it up where one may."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from core.transitions import MissingInput
from organisations.forms.account import CodeForm
from organisations.operations.second_factor import (
    begin_enrolment,
    confirm_enrolment,
    give_up_second_factor,
    renew_recovery_codes,
)
from organisations.queries.outside_issuer import is_configured
from organisations.queries.second_factors import state_of
from organisations.rules import second_factor_is_forced
from organisations.views.scoped import ScopedTemplateView, ScopedView
from organisations.views.second_factor import in_groups, picture_of
from organisations.views.shown_once import show_once, shown_once


class OwnSettings:
    """Everybody has such a page."""

    def exists_for(self, scope: object) -> bool:
        return True


@method_decorator(sensitive_post_parameters("code"), name="dispatch")
class OwnSecondFactorView(OwnSettings, ScopedTemplateView):
    """Whether it is in use, since when, how many recovery codes are left; POST takes it on."""

    template_name = "organisations/second_factor.html"
    page_title = "动态口令"
    page_note = "登录时除口令外再输入手机应用上的 6 位验证码（GB/T 22239-2019 8.1.4.1）。"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        state = state_of(self.user)
        context = {
            "form": CodeForm(),
            "state": state,
            "forced": second_factor_is_forced(self.user),
            "outside": settings.OIDC_LABEL if is_configured() else "",
            "bound": self.user.outside_identities.filter(issuer=settings.OIDC_ISSUER).first(),
            **shown_once(self.request),
            **kwargs,
        }
        if not state.in_use and self.request.GET.get("start"):
            context["secret"] = in_groups(begin_enrolment(user=self.user, at=timezone.now()))
        return super().get_context_data(**context)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CodeForm(request.POST)
        if form.is_valid():
            try:
                codes = confirm_enrolment(
                    user=self.user,
                    code=form.cleaned_data["code"],
                    by=self.user,
                    at=timezone.now(),
                )
            except MissingInput as refusal:
                form.add_error("code", refusal.reason)
            else:
                return show_once(request, reverse("second-factor"), *codes)
        secret = in_groups(begin_enrolment(user=self.user, at=timezone.now()))
        return self.render_to_response(self.get_context_data(form=form, secret=secret), status=400)


@method_decorator(sensitive_post_parameters("code"), name="dispatch")
class OwnSecondFactorActView(OwnSecondFactorView):
    """POST only: new recovery codes, or give it up; both ask for a code."""

    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = CodeForm(request.POST)
        now = timezone.now()
        if form.is_valid():
            code = form.cleaned_data["code"]
            try:
                if kwargs["act"] == "codes":
                    codes = renew_recovery_codes(user=self.user, code=code, by=self.user, at=now)
                    return show_once(request, reverse("second-factor"), *codes)
                give_up_second_factor(user=self.user, code=code, by=self.user, at=now)
            except MissingInput as refusal:
                form.add_error("code", refusal.reason)
            else:
                messages.success(request, "动态口令已停用")
                return HttpResponseRedirect(reverse("second-factor"))
        return self.render_to_response(self.get_context_data(form=form), status=400)


class OwnPictureView(OwnSettings, ScopedView):
    """The picture of a secret that waits for its first code."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return picture_of(self.user)
