"""Error pages, and problems for the API, that never touch the database.

They are rendered without the request, so that 'not there' and 'not yours' are the same bytes.
"""

from __future__ import annotations

import sys
from typing import Any

from django import forms
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from core.api.outages import Outage, outage_of
from core.api.problems import plain_problem
from core.audit.record import request_origin
from core.transitions import Refusal
from core.views.staying import place_above, same_page, written


def error_page(
    request: HttpRequest, status: int, *, reason: str = "", clause: str = "", **more: Any
) -> HttpResponse:
    """The page (or, under /api/, the problem) of one status, with the reason in Chinese.

    A 404 carries no request id, which is in the header of every answer anyway. `more` is for the
    template of the status.
    """
    if request.path.startswith("/api/"):
        return plain_problem(status, reason)
    context = {
        "reason": reason,
        "clause": clause,
        "request_id": "" if status == 404 else request_origin.get().request_id,
        **more,
    }
    answer = HttpResponse(render_to_string(f"errors/{status}.html", context), status=status)
    answer.refusal_reason = reason or answer.reason_phrase  # type: ignore[attr-defined]
    answer.refusal_clause = clause  # type: ignore[attr-defined]
    return answer


def refusal_page(
    request: HttpRequest, refusal: Refusal, form: forms.Form | None = None
) -> HttpResponse:
    """What a step answers that was refused by a rule and that the page did not show itself.

    The page that the form stood on, as it is now, with the reason and what was typed on top. Where
    there is no such page (a request that no page of ours made), the page of the status tells both.
    """
    answer: HttpResponse | None = same_page(request, refusal, form)
    if answer is None:
        posted = request.method == "POST" and not request.path.startswith("/api/")
        return error_page(
            request, refusal.status, reason=refusal.reason, clause=refusal.clause,
            typed=written(request, form) if posted else [],
            back_url=place_above(request) if posted else "",
        )  # fmt: skip
    answer.refusal_reason = refusal.reason  # type: ignore[attr-defined]
    answer.refusal_clause = refusal.clause  # type: ignore[attr-defined]
    return answer


def outage_page(request: HttpRequest, outage: Outage) -> HttpResponse:
    """What is down, and what to do meanwhile."""
    answer = error_page(request, outage.status, reason=f"{outage.what}。{outage.way_out}")
    if outage.status == 503:
        answer["Retry-After"] = "15"
    return answer


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig) and request.path.startswith("/api/"):
        return error_page(request, 413)
    return error_page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The text of a PermissionDenied is written for the user."""
    return error_page(request, 403, reason=str(exception or ""))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Never says why: what one may not see does not exist."""
    return error_page(request, 404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: an old tab, or another site's doing."""
    return error_page(
        request,
        403,
        reason="页面停留过久，安全标记已失效。请返回上一页刷新后重新提交，没有写入任何数据。",
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault; or, where middleware could not reach the database, the outage."""
    outage = outage_of(sys.exc_info()[1])
    return outage_page(request, outage) if outage else error_page(request, 500)
