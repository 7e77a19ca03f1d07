"""Give every request an id and say where it came from, for the trail and the logs."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from core.audit.record import RequestOrigin, request_origin


class RequestOriginMiddleware:
    """Set the origin for the length of a request and name it in X-Request-ID."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = uuid.uuid4().hex
        # Our own, whatever the client sent; the log's middleware, further in, takes it from here.
        request.META["HTTP_X_REQUEST_ID"] = request_id
        token = request_origin.set(RequestOrigin(request_id, client_ip(request)))
        try:
            response = self.get_response(request)
        finally:
            request_origin.reset(token)
        response["X-Request-ID"] = request_id
        return response


def client_ip(request: HttpRequest) -> str | None:
    """The address of the browser; behind our proxy the last hop that the proxy wrote down."""
    if settings.BEHIND_PROXY:
        hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if hops[-1].strip():
            return str(hops[-1].strip())
    return request.META.get("REMOTE_ADDR") or None
