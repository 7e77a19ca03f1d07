"""Secrets that a page shows once: the form redirects to it, the first look takes them, a reload has none.

An answer to the POST itself would issue a second token when it is reloaded.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponseRedirect

from organisations.operations.sealed import UnreadableSecret, open_secret, seal_secret

KEPT = "shown_once"
MOST = 5
"""Secrets that wait to be looked at in one session; older ones are forgotten."""


def show_once(request: HttpRequest, page: str, *told: str) -> HttpResponseRedirect:
    """Lead to `page`, where `shown_once` finds what is told; until then it lies sealed in the session."""
    kept: dict[str, str] = request.session.get(KEPT, {})
    number = secrets.token_urlsafe(6)
    newest = [*kept.items(), (number, seal_secret(json.dumps(told)))][-MOST:]
    request.session[KEPT] = dict(newest)
    return HttpResponseRedirect(f"{page}?shown={number}")


def shown_once(request: HttpRequest) -> dict[str, Any]:
    """What the template's `once` takes: the secrets, or that they are gone; nothing without `?shown`."""
    number = request.GET.get("shown", "")
    if not number:
        return {}
    kept: dict[str, str] = request.session.get(KEPT, {})
    sealed = kept.pop(number, "")
    told: Sequence[str] = ()
    if sealed:
        request.session[KEPT] = kept
        try:
            told = json.loads(open_secret(sealed))
        except UnreadableSecret:
            told = ()
    return {"once": {"told": told}}
