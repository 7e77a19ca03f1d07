"""What holds for every request: clean text, no copies kept by browsers, outages by name."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.api.outages import outage_of
from core.api.text import unclean
from core.transitions import Refusal
from core.views.errors import error_page, outage_page, refusal_page

GetResponse = Callable[[HttpRequest], HttpResponse]


class CleanTextMiddleware:
    """NUL and lone surrogates in address, query or form are refused with 400."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Bodies of the API are looked at by its parsers, which read them once.
        forms = [request.GET] if request.path.startswith("/api/") else [request.GET, request.POST]
        texts = [request.path_info, *(dict(form.lists()) for form in forms)]
        reason = unclean(texts)
        if reason:
            return error_page(request, 400, reason=reason)
        return self.get_response(request)


class NoStoreMiddleware:
    """Pages of signed-in people are not kept by the browser (S-11: back shows nothing)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response


class RefusalAndOutageMiddleware:
    """Turns refusals that a page did not show, and services that are down, into their pages."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Refusal):
            return refusal_page(request, error)
        outage = outage_of(error)
        return outage_page(request, outage) if outage else None
