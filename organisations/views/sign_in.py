"""The sign-in page, the answer of a lock-out, and sign-out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters

from organisations.forms.account import SignInForm
from organisations.operations.sign_in import FirstFactor, NextStep, sign_in, sign_out
from organisations.queries.outside_issuer import is_configured, is_up
from organisations.queries.security_policy import policy_in_force
from organisations.views.pending import remember
from organisations.views.request_scope import signed_in
from organisations.views.scoped import ScopedView

WRONG = "用户名或口令不正确。"
LOCKED = "登录失败次数过多，已锁定 {} 分钟。请稍后再试，或联系安全管理员解锁。"


@method_decorator(sensitive_post_parameters("password"), name="dispatch")
class SignInView(View):
    """One answer for an unknown name, a wrong password and an account out of use."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if signed_in(request) is not None:
            return HttpResponseRedirect(reverse("home"))
        return _page(request, SignInForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SignInForm(request.POST)
        if not form.is_valid():
            return _page(request, form, status=400)
        now = timezone.now()
        first = sign_in(
            request=request,
            username=form.cleaned_data["username"],
            password=form.cleaned_data["password"],
            at=now,
        )
        if first is None:
            form.add_error(None, WRONG)
            return _page(request, form, status=400)
        return after_first_factor(request, first, _back(request), now)


def after_first_factor(
    request: HttpRequest, first: FirstFactor, back: str, now: datetime
) -> HttpResponse:
    """Where the person was going, or first to the second factor."""
    if first.next_step is NextStep.NOTHING:
        return HttpResponseRedirect(back)
    enrols = first.next_step is NextStep.ENROL
    remember(request, user=first.user, enrols=enrols, back=back, now=now)
    return HttpResponseRedirect(reverse("login-enrol" if enrols else "login-code"))


class SignOutView(ScopedView):
    open_before_password_change = True

    def exists_for(self, scope: object) -> bool:
        return True

    def post(self, request: HttpRequest) -> HttpResponse:
        sign_out(request=request, by=self.user, at=timezone.now())
        return HttpResponseRedirect(reverse("login"))


def locked_out(
    request: HttpRequest,
    response: HttpResponse | None = None,
    credentials: dict[str, Any] | None = None,
) -> HttpResponse:
    """What axes answers in place of the page once account or address is locked."""
    form = SignInForm(request.POST)
    form.is_valid()
    form.add_error(None, LOCKED.format(policy_in_force().lock_minutes))
    return _page(request, form, status=429)


def _page(request: HttpRequest, form: SignInForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "next": request.POST.get("next", request.GET.get("next", "")),
        "outside": settings.OIDC_LABEL if is_configured() else "",
        "outside_up": is_configured() and is_up(),
        "lock": policy_in_force(),
    }
    return render(request, "organisations/login.html", context, status=status)


def _back(request: HttpRequest) -> str:
    """Where the person was going, if that is a page of ours."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else reverse("home")
