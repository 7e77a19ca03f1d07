"""A step that was refused keeps the person where they were: the page as it stands now, why not, what they typed.

Two people at once, an old page, a state that no longer allows it: what the later of them wrote is
theirs until they throw it away.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.template.response import TemplateResponse
from django.urls import Resolver404, resolve
from django.utils.datastructures import MultiValueDict

from core.transitions import Refusal
from core.views.conflict import Item, typed

NEVER_SHOWN = ("csrfmiddlewaretoken", "version", "next")
SIGNED_BY = (
    ("state_by_name", "state_at"),
    ("changed_by_name", "changed_at"),
    ("updated_by_name", "updated_at"),
    ("set_by_name", "set_at"),
)
"""Where rows keep who wrote them last, for pages without a timeline."""
SHOWN = b"data-refused"


def same_page(
    request: HttpRequest, refusal: Refusal, form: forms.Form | None
) -> TemplateResponse | None:
    """The page that the form stood on, made anew with the refusal on top; None where there is none.

    A browser names that page (its Referer); where it can only be posted to, as after an input that
    was wrong, the object's page above it is taken.
    """
    if request.method != "POST" or request.headers.get("HX-Request") == "true":
        return None
    if not getattr(getattr(request, "user", None), "is_authenticated", False):
        return None
    for path, query in _places(request, refusal):
        page = _read(request, path, query)
        if isinstance(page, TemplateResponse) and page.status_code == 200:
            context = page.context_data = dict(page.context_data or {})
            context["refused"] = {
                "reason": refusal.reason, "clause": refusal.clause, "typed": written(request, form),
                "files": bool(request.FILES), "back_url": f"{path}?{query}" if query else path,
                "sent": {"path": request.path, "values": _kept(request)}, **_newest(context),
            }  # fmt: skip
            page.render()
            # A page without the frame has no place for it.
            if SHOWN in page.content:
                page.status_code = refusal.status
                return page
    return None


def written(request: HttpRequest, form: forms.Form | None) -> list[Item]:
    """What was typed, under the form's labels; without a form only what reads as words."""
    if form is not None:
        return [item for item in typed(form) if item["value"].strip()]
    return [
        {"label": "填写的内容", "value": text}
        for texts in _kept(request).values()
        for text in texts
        if text.strip() and not text.isascii()
    ]


def place_above(request: HttpRequest) -> str:
    """The nearest address above a step's own that is a page; the home page where there is none."""
    return next((path for path in _above(request.path) if _found(path)), "/")


def _kept(request: HttpRequest) -> dict[str, list[str]]:
    """What was sent, by the names of the fields; no secrets and no marks of the page."""
    return {
        name: [str(text) for text in request.POST.getlist(name)]
        for name in request.POST
        if name not in NEVER_SHOWN and not name.startswith("_") and "password" not in name
    }


def _places(request: HttpRequest, refusal: Refusal) -> Iterator[tuple[str, str]]:
    """Where the form stood, and the pages above; a browser that hides that still gets the object's
    page when somebody else was first."""
    named = urlsplit(request.headers.get("Referer", ""))
    if named.netloc == request.get_host():
        yield named.path, named.query
        above = _above(named.path)
    else:
        above = _above(request.path) if refusal.status == Refusal.status else iter(())
    for path in above:
        yield path, ""


def _above(path: str) -> Iterator[str]:
    parts = path.strip("/").split("/")
    for length in range(len(parts) - 1, 0, -1):
        yield f"/{'/'.join(parts[:length])}/"


def _found(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def _read(request: HttpRequest, path: str, query: str) -> HttpResponseBase | None:
    """What a GET of the address gives this person now; None where it is not there for them."""
    try:
        match = resolve(path)
    except Resolver404:
        return None
    reading: Any = copy.copy(request)
    reading.method = "GET"
    reading.path = reading.path_info = path
    reading.META = {
        **request.META, "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query,
    }  # fmt: skip
    reading.GET = QueryDict(query)
    reading.POST = QueryDict()
    reading._files = MultiValueDict()
    reading.resolver_match = match
    try:
        return match.func(reading, *match.args, **match.kwargs)
    except (Http404, PermissionDenied, Refusal):
        return None


def _newest(context: Mapping[str, Any]) -> dict[str, Any]:
    """Who did the newest thing to the object of the page, what and when; empty where it has none."""
    page = context.get("page")
    told = context.get("thread") or context.get("timeline") or getattr(page, "timeline", None)
    steps = [step for step in told or () if step.get("who") and not step.get("waiting")]
    if steps:
        newest = steps[-1]
        return {"who": newest["who"], "what": newest["what"], "at": newest["at"]}
    row = context.get("object")
    for who, at in SIGNED_BY:
        if getattr(row, who, "") and getattr(row, at, None):
            state = getattr(row, "get_state_display", None)
            return {
                "who": getattr(row, who),
                "what": f"状态改为“{state()}”" if state else "修改",
                "at": getattr(row, at),
            }
    return {}
