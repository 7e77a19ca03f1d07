"""A form that was sent and accepted leaves no draft behind."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from inbox.operations.drafts import discard_draft
from organisations.views.request_scope import signed_in
from organisations.views.scoped import to_sign_in

ACCEPTED = (201, 302)
"""302 leads on to what was made; 201 shows it and stays."""
COOKIE = "zc-draft-done"
"""Tells the page's script which copy of its own to forget."""


class DraftMiddleware:
    """After a POST that names its draft and was accepted, the draft is forgotten.

    A form that is shown again with its errors, or whose sender had to sign in, keeps it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method != "POST" or response.status_code not in ACCEPTED:
            return response
        user = signed_in(request)
        key = "" if user is None else request.POST.get("_draft", "")
        if user is None or not key or response.get("Location") == to_sign_in(request)["Location"]:
            return response
        discard_draft(key=key, by=user)
        response.set_cookie(COOKIE, key.encode().hex(), max_age=60, samesite="Lax")
        return response
