"""Work of a day: one job row per kind and day, however often the clock asks."""

from __future__ import annotations

from datetime import datetime

from core.audit.record import Actor
from core.jobs.enqueue import enqueue
from core.jobs.models import Job
from core.operations import operation
from core.workdays.deadlines import shanghai_day

ENDED_BADLY = (Job.State.DEAD, Job.State.CANCELLED)


@operation
def enqueue_daily(*, kind: str, by: Actor, at: datetime) -> Job | None:
    """Queue the work of `at`'s Shanghai day; None where it was asked for already.

    One that died or was cancelled may be asked for again. `arguments` is {"on": "YYYY-MM-DD"}.
    """
    key = shanghai_day(at).isoformat()
    if Job.objects.filter(kind=kind, key=key).exclude(state__in=ENDED_BADLY).exists():
        return None
    return enqueue(kind=kind, key=key, arguments={"on": key}, by=by, at=at)
