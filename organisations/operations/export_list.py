"""Ask for the file of a large list; tell the trail of every list that was taken out (S-12)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

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
def note_export(
    *,
    path: str,
    title: str,
    conditions: Sequence[str],
    columns: Sequence[str],
    row_count: int,
    by: User,
    at: datetime,
) -> None:
    """S-12: the list at `path` has become a file of `row_count` rows, those of the conditions.

    Every list, not those of people alone: who acted and signed stands in most of them by name.
    """
    record(
        by=by, at=at, action="list.export", object_type="list", object_key=path, object_label=title,
        detail=_taken(conditions, columns, row_count),
    )  # fmt: skip


@operation
def note_read_by_api(
    *,
    path: str,
    title: str,
    conditions: Sequence[str],
    columns: Sequence[str],
    row_count: int,
    by: User,
    at: datetime,
) -> None:
    """S-12: a program has fetched a page of a list whose `columns` are about people."""
    record(
        by=by, at=at, action="list.read_by_api", object_type="list", object_key=path,
        object_label=title, detail=_taken(conditions, columns, row_count),
    )  # fmt: skip


def _taken(conditions: Sequence[str], columns: Sequence[str], row_count: int) -> dict[str, Any]:
    return {
        "filter": list(conditions) or ["没有筛选"],
        "rows": row_count,
        "columns": list(columns),
    }
