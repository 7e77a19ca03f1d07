"""Error pages for `handler400` … `handler500`; `unavailable` (503) is called where a service is found to be down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


def page(request: HttpRequest, status: int, **context: Any) -> HttpResponse:
    """Rendered without context processors: those may need what has just failed."""
    context["request_id"] = getattr(request, "request_id", "")
    return HttpResponse(render_to_string(f"errors/{status}.html", context), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The text of a PermissionDenied is written for the user."""
    return page(request, 403, reason=str(exception) if exception else "")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Never says why: what one may not see does not exist."""
    return page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return page(request, 500)


def unavailable(request: HttpRequest, reason: str = "", parts: Sequence[str] = ()) -> HttpResponse:
    """503 naming the parts that are down; browsers and proxies may ask again after 15 seconds."""
    response = page(request, 503, reason=reason, parts=parts)
    response["Retry-After"] = "15"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """For settings.CSRF_FAILURE_VIEW."""
    return page(request, 403, reason="页面停留过久，安全标记已失效。请返回上一页刷新后重新提交，没有写入任何数据。")
