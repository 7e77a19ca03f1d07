"""Going to the outside sign-in and coming back; binding it to the own account."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views import View

from organisations.operations.outside_sign_in import (
    Asked,
    BadIdentity,
    address_to_go,
    ask,
    bind_outside,
    kept,
    refuse_outside,
    sign_in_from_outside,
    subject_of,
    unbind_outside,
)
from organisations.queries.outside_issuer import OutsideDown, is_configured
from organisations.views.own_second_factor import OwnSettings
from organisations.views.public import public_limit
from organisations.views.request_scope import signed_in
from organisations.views.scoped import ScopedView
from organisations.views.sign_in import after_first_factor

logger = logging.getLogger(__name__)
KEY = "outside"
DOWN = "统一身份认证暂时无法访问（对方接口异常），请稍后再试，或用用户名和口令登录。"
REFUSED = "统一身份认证没有通过，请重新登录。"
NOT_BOUND = (
    "该统一身份认证账号还没有绑定平台账号。请先用用户名和口令登录，在右上角“动态口令”页绑定。"
)


class OutsideView(View):
    """There is no such address where no outside sign-in is configured."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not is_configured():
            raise Http404
        return public_limit(request) or super().dispatch(request, *args, **kwargs)


class OutsideStartView(OutsideView):
    """To the outside sign-in; of somebody signed in, to bind."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = ask(binds=signed_in(request) is not None)
        try:
            address = address_to_go(asked, _back(request))
        except OutsideDown:
            messages.error(request, DOWN)
            return HttpResponseRedirect(_home(asked))
        request.session[KEY] = kept(asked)
        return HttpResponseRedirect(address)


class OutsideBackView(OutsideView):
    """What was asked is used once; whatever does not fit leads back with one sentence."""

    def get(self, request: HttpRequest) -> HttpResponse:
        held = request.session.pop(KEY, None)
        now = timezone.now()
        if held is None or not constant_time_compare(held["state"], request.GET.get("state", "")):
            return self._refuse(request, REFUSED, "状态不符")
        asked = Asked(**held)
        try:
            subject = subject_of(code=request.GET.get("code", ""), asked=asked, back=_back(request))
        except OutsideDown:
            messages.error(request, DOWN)
            return HttpResponseRedirect(_home(asked))
        except BadIdentity as error:
            logger.warning("outside identity refused: %s", error)
            return self._refuse(request, REFUSED, "身份令牌不符")
        user = signed_in(request)
        if asked.binds:
            if user is None:
                return self._refuse(request, REFUSED, "绑定时没有登录")
            bind_outside(user=user, subject=subject, by=user, at=now)
            messages.success(request, "已绑定，以后可以用统一身份认证登录")
            return HttpResponseRedirect(reverse("second-factor"))
        first = sign_in_from_outside(request=request, subject=subject, at=now)
        if first is None:
            messages.error(request, NOT_BOUND)
            return HttpResponseRedirect(reverse("login"))
        return after_first_factor(request, first, reverse("home"), now)

    def _refuse(self, request: HttpRequest, said: str, reason: str) -> HttpResponse:
        refuse_outside(reason, at=timezone.now())
        messages.error(request, said)
        return HttpResponseRedirect(reverse("login"))


class OutsideUnbindView(OwnSettings, ScopedView):
    """POST only: the binding of the own account ends."""

    http_method_names = ("post", "options")

    def post(self, request: HttpRequest) -> HttpResponse:
        unbind_outside(user=self.user, by=self.user, at=timezone.now())
        messages.success(request, "已解除绑定")
        return HttpResponseRedirect(reverse("second-factor"))


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("login-outside-back"))


def _home(asked: Asked) -> str:
    return reverse("second-factor" if asked.binds else "login")
