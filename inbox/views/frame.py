"""In the frame of every page: unread notices, long work on its way, and the page's help."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Value
from django.http import HttpRequest

from core.jobs.models import Job
from inbox.queries.notices import unread_notices
from inbox.queries.page_help import help_of
from organisations.queries.scope import Scope
from organisations.queries.visible import own_jobs
from organisations.views.request_scope import request_scope, signed_in

SHOWN_UP_TO = 100


def notices(request: HttpRequest) -> dict[str, Any]:
    """Context processor; counts no further than is shown, both in one query."""
    if signed_in(request) is None or request.headers.get("HX-Request") == "true":
        return {}
    found = _kinds(request_scope(request))
    match = request.resolver_match
    return {
        "page_help": help_of(match.url_name or "") if match else None,
        "notice_count": found.count("notice"),
        "job_count": found.count("job"),
    }


def _kinds(scope: Scope) -> list[str]:
    def words(kind: str) -> Value:
        return Value(kind, output_field=CharField())

    unread = unread_notices(scope).order_by().annotate(kind_=words("notice"))
    working = own_jobs(scope).filter(state__in=Job.OPEN_STATES).annotate(kind_=words("job"))
    return list(
        unread.values_list("kind_", flat=True)[:SHOWN_UP_TO].union(
            working.values_list("kind_", flat=True)[:SHOWN_UP_TO], all=True
        )
    )
