"""Ask for the file of a large list."""

from __future__ import annotations

import hashlib
from datetime import datetime

from core.jobs.enqueue import enqueue
from core.jobs.models import Job
from core.operations import operation
from organisations.models import User
from organisations.queries.scope import Scope

EXPORT_LIST = "export_list"


@operation
def request_export(
    *, path: str, query: str, title: str, by: User, scope: Scope, at: datetime
) -> Job:
    """Queue the file of the list at `path` with these conditions; the one that waits already if any.

    The job takes the rows that its asker may see when it runs.
    """
    digest = hashlib.sha256(f"{path}?{query}".encode()).hexdigest()[:16]
    return enqueue(
        kind=EXPORT_LIST,
        key=f"{by.pk}:{digest}",
        arguments={
            "path": path,
            "query": query,
            "title": title,
            "user": by.pk,
            "organisation": scope.organisation_id,
        },
        by=by,
        at=at,
    )
