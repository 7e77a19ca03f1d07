"""Ask for the file of a large list; tell the trail of every list that was taken out (S-12)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from core.audit.record import record
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


@operation
def note_list_taken(
    *,
    path: str,
    title: str,
    conditions: Sequence[str],
    columns: Sequence[str],
    row_count: int,
    by: User,
    at: datetime,
    by_api: bool = False,
) -> None:
    """S-12: `row_count` rows of the list at `path`, those of the conditions, went out.

    As a file: every list, not those of people alone, for who acted and signed stands in most of
    them by name. To a program (`by_api`): a page of a list whose `columns` are about people.
    """
    record(
        by=by, at=at, action="list.read_by_api" if by_api else "list.export", object_type="list",
        object_key=path, object_label=title,
        detail={
            "filter": list(conditions) or ["没有筛选"],
            "rows": row_count,
            "columns": list(columns),
        },
    )  # fmt: skip
