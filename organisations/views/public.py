"""Pages that everybody may read without signing in: no business data, the same for all readers."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.views.generic import View

from core.audit.origin import client_ip
from core.views.errors import error_page
from organisations.views.request_scope import signed_in

KEPT_SECONDS = 300
WINDOW_SECONDS = 60
TOO_MANY = "访问过于频繁，请一分钟后再试。"


class PublicView(View):
    """Limited per address for those who have not signed in; caches may keep it for five minutes.

    Templates are rendered without the request, so that nothing of the reader can get in.
    """

    template_name: ClassVar[str] = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        refused = public_limit(request)
        if refused is not None:
            return refused
        page = super().dispatch(request, *args, **kwargs)
        # A session's answer may renew its cookie, which no shared cache may keep.
        if page.status_code == 200 and settings.SESSION_COOKIE_NAME not in request.COOKIES:
            page["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
        return page

    def page(self, **context: Any) -> HttpResponse:
        return HttpResponse(render_to_string(self.template_name, context))


def public_limit(request: HttpRequest) -> HttpResponse | None:
    """The answer to an address without a session that asks too often; None for everybody else."""
    if signed_in(request) is not None or not _too_many(client_ip(request) or ""):
        return None
    answer = error_page(request, 429, reason=TOO_MANY)
    answer["Retry-After"] = str(WINDOW_SECONDS)
    return answer


def _too_many(address: str) -> bool:
    """Counts requests of this process; the reverse proxy limits across processes."""
    key = f"public:{address}"
    cache.add(key, 0, WINDOW_SECONDS)
    try:
        return cache.incr(key) > settings.PUBLIC_PAGES_PER_MINUTE
    except ValueError:  # the window ended between the two calls
        return False
