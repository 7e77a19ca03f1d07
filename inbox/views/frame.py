"""The number of unread notices in the frame of every page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from inbox.queries.notices import unread_notices
from organisations.views.request_scope import request_scope, signed_in

SHOWN_UP_TO = 100


def notices(request: HttpRequest) -> dict[str, Any]:
    """Context processor; counts no further than is shown."""
    if signed_in(request) is None or request.headers.get("HX-Request") == "true":
        return {}
    return {"notice_count": unread_notices(request_scope(request))[:SHOWN_UP_TO].count()}
