"""The second factor at sign-in: the code, or the enrolment of an app with its picture."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters

from core.totp import provisioning_uri, qr_svg
from core.transitions import MissingInput
from organisations.forms.account import CodeForm
from organisations.models import User
from organisations.operations.demo_codes import demo_code
from organisations.operations.second_factor import WRONG_CODE, begin_enrolment
from organisations.operations.sign_in import sign_in_by_enrolling, sign_in_with_code
from organisations.views.pending import Pending, forget, pending

ISSUER = "招采"
TOO_LATE = "登录超过 10 分钟没有完成，请重新输入用户名和口令。"


class PendingView(View):
    """Only for who gave a right password a moment ago; everybody else starts again."""

    enrols = False
    waiting: Pending

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        waiting = pending(request, timezone.now())
        if waiting is None:
            if "first_factor" in request.session:
                forget(request)
                messages.warning(request, TOO_LATE)
            return HttpResponseRedirect(reverse("login"))
        if waiting.enrols != self.enrols:
            return HttpResponseRedirect(reverse("login-enrol" if waiting.enrols else "login-code"))
        self.waiting = waiting
        return super().dispatch(request, *args, **kwargs)


@method_decorator(sensitive_post_parameters("code"), name="dispatch")
class CodeView(PendingView):
    """A code from the app, or a recovery code in the same field."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, CodeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CodeForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, 400)
        waiting = self.waiting
        if sign_in_with_code(
            request=request, user=waiting.user, code=form.cleaned_data["code"], at=timezone.now()
        ):
            forget(request)
            return HttpResponseRedirect(waiting.back)
        form.add_error("code", WRONG_CODE)
        return self._page(request, form, 400)

    def _page(self, request: HttpRequest, form: CodeForm, status: int = 200) -> HttpResponse:
        shown = settings.DEMO_SHOWS_CODES and demo_code(self.waiting.user, timezone.now())
        note = f"演示服务器：{self.waiting.user.username} 现在的验证码是 {shown}" if shown else ""
        context = {"form": form, "person": self.waiting.user, "demo_note": note}
        return render(request, "organisations/login_code.html", context, status=status)


@method_decorator(sensitive_post_parameters("code"), name="dispatch")
class EnrolView(PendingView):
    """The first sign-in of one who must have a second factor; nothing opens before it is there."""

    enrols = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, CodeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CodeForm(request.POST)
        waiting = self.waiting
        if form.is_valid():
            try:
                codes = sign_in_by_enrolling(
                    request=request,
                    user=waiting.user,
                    code=form.cleaned_data["code"],
                    at=timezone.now(),
                )
            except MissingInput as refusal:
                form.add_error("code", refusal.reason)
            else:
                forget(request)
                context = {"codes": codes, "back": waiting.back}
                return render(request, "organisations/login_codes.html", context, status=201)
        return self._page(request, form, 400)

    def _page(self, request: HttpRequest, form: CodeForm, status: int = 200) -> HttpResponse:
        secret = begin_enrolment(user=self.waiting.user, at=timezone.now())
        context = {"form": form, "person": self.waiting.user, "secret": in_groups(secret)}
        return render(request, "organisations/login_enrol.html", context, status=status)


class EnrolPictureView(PendingView):
    """The picture that the app scans, from our own address."""

    enrols = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return picture_of(self.waiting.user)


def picture_of(user: User) -> HttpResponse:
    """The QR code of a secret that is not yet confirmed; 404 afterwards."""
    factor = getattr(user, "second_factor", None)
    if factor is not None and factor.confirmed_at is not None:
        raise Http404
    secret = begin_enrolment(user=user, at=timezone.now())
    drawn = qr_svg(provisioning_uri(secret, account=user.username, issuer=ISSUER))
    return HttpResponse(drawn, content_type="image/svg+xml")


def in_groups(secret: str) -> str:
    """Four by four, for typing it into an app without a camera."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
