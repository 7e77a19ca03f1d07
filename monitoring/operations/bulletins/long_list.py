"""A 通报 of very many names: issued, and made anew to compare, by a job that may be left."""

from __future__ import annotations

from datetime import datetime

from core.jobs.enqueue import enqueue
from core.jobs.models import Job
from core.operations import operation
from monitoring.models import Bulletin
from monitoring.operations.bulletins.acts import perform_act
from monitoring.operations.bulletins.issue import refuse_issue
from organisations.models import User
from organisations.queries.scope import Scope

ISSUE_BULLETIN, VERIFY_BULLETIN = "issue_bulletin", "verify_bulletin"
DIRECT_LINES = 5_000
"""Names that are printed while one waits: within two seconds (`make bench`, BULLETIN)."""


def is_long(bulletin: Bulletin) -> bool:
    """Whether printing it is left to a job."""
    return bulletin.lines.order_by()[: DIRECT_LINES + 1].count() > DIRECT_LINES


def act_or_queue(
    verb: str,
    bulletin: Bulletin,
    *,
    note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None,
) -> Bulletin | Job:
    """Carry `verb` out; the job that will, where a long list is to be issued. KeyError: no such verb."""
    if verb == "issue" and is_long(bulletin):
        return request_issue(
            bulletin=bulletin, by=by, scope=scope, at=at, seen_version=seen_version
        )
    return perform_act(
        verb, bulletin, note=note, by=by, scope=scope, at=at, seen_version=seen_version
    )


@operation
def request_issue(
    *, bulletin: Bulletin, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> Job:
    """Queue the issue of what was read; asked twice, it is one job.

    Raises NotYours, StaleVersion, TransitionRefused.
    """
    held = Bulletin.objects.get(pk=bulletin.pk)
    refuse_issue(held, scope, seen_version)
    return _queue(ISSUE_BULLETIN, held, by, scope, at)


@operation
def request_verification(*, bulletin: Bulletin, by: User, scope: Scope, at: datetime) -> Job:
    """Queue the comparison of an issued bulletin that the reader sees whole."""
    return _queue(VERIFY_BULLETIN, bulletin, by, scope, at)


def _queue(kind: str, bulletin: Bulletin, by: User, scope: Scope, at: datetime) -> Job:
    return enqueue(
        kind=kind, key=bulletin.bulletin_no,
        arguments={"bulletin": bulletin.bulletin_no, "version": bulletin.row_version, "user": by.pk},
        by=by, at=at, province_code=scope.province_code,
    )  # fmt: skip
