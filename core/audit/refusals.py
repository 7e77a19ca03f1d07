"""Every refusal leaves a trace: 403 and 409 answers are recorded in their own transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from core.audit.models import AuditEvent
from core.audit.record import Actor, SystemActor, record

logger = logging.getLogger(__name__)

RECORDED = (403, 409)
NOBODY = SystemActor("未登录")


class RefusalAuditMiddleware:
    """Append an event for each refused request, after the view's own transaction is over.

    What was refused has changed nothing, so a database that fails here is logged, not raised.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code in RECORDED:
            try:
                _record(request, response)
            except DatabaseError:
                logger.exception("refusal not recorded")
        return response


def _record(request: HttpRequest, response: HttpResponse) -> None:
    match = request.resolver_match
    with transaction.atomic():
        record(
            by=_actor(request),
            at=timezone.now(),
            action="request.refused",
            outcome=AuditEvent.Outcome.REFUSED,
            object_type="request",
            object_key=request.path[:200],
            reason=getattr(response, "refusal_reason", response.reason_phrase),
            clause=getattr(response, "refusal_clause", ""),
            detail={
                "method": request.method,
                "route": match.view_name if match else "",
                "status": response.status_code,
            },
        )


def _actor(request: HttpRequest) -> Actor:
    user = getattr(request, "user", None)
    return user if user is not None and user.is_authenticated else NOBODY
