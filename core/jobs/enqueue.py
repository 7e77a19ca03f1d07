"""Ask for long work. The row lands with the caller's transaction; the call to a worker follows."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from core.audit.record import Actor, record, request_origin
from core.jobs.models import Job
from core.operations import operation
from core.transitions import TransitionRefused

logger = logging.getLogger(__name__)
UNIQUE_VIOLATION = "23505"


@operation
def enqueue(
    *,
    kind: str,
    key: str,
    arguments: dict[str, Any],
    by: Actor,
    at: datetime,
    province_code: str = "",
    ring: bool = True,
) -> Job:
    """Give the one open job of this kind and key, made now if there is none.

    A worker is called after the commit. Where the broker is down the row waits, and the sweeper
    calls again within half a minute of its return.
    """
    job, created = _one_open(
        kind=kind,
        key=key,
        defaults={
            "arguments": arguments,
            "queued_at": at,
            "requested_by_id": by.audit_id,
            "requested_by_name": by.audit_name,
            "province_code": province_code,
            "request_id": request_origin.get().request_id,
        },
    )
    if created:
        record(
            by=by, at=at, action="job.enqueue", object_type="job", object_key=job.pk,
            object_label=f"{kind} {key}", detail={"arguments": arguments},
        )  # fmt: skip
    if ring:
        transaction.on_commit(lambda: ring_worker(job.pk))
    return job


def _one_open(*, kind: str, key: str, defaults: dict[str, Any]) -> tuple[Job, bool]:
    """Find the open one, or insert it; the partial unique index decides between two at once.

    One that ended between the two looks is not there any more: then the next insert succeeds.
    """
    while True:
        found = Job.objects.filter(kind=kind, key=key, state__in=Job.OPEN_STATES).first()
        if found is not None:
            return found, False
        try:
            with transaction.atomic():
                return Job.objects.create(kind=kind, key=key, **defaults), True
        except IntegrityError as error:
            if getattr(error.__cause__, "pgcode", None) != UNIQUE_VIOLATION:
                raise


def ring_worker(job_id: int) -> None:
    """Tell a worker by name; a dead broker is logged, the sweeper makes up for it."""
    # Deferred: the task module imports the runner, which imports every handler.
    from core.jobs.tasks import run_job

    try:
        run_job.apply_async(args=[job_id], retry=False)
    except Exception:
        logger.warning("broker is down, job %s waits for the sweeper", job_id, exc_info=True)


@operation
def request_cancel(*, job: Job, by: Actor, at: datetime) -> None:
    """Ask a job to stop; a queued one ends at once, a running one at its next progress.

    Raises TransitionRefused for a job that is over.
    """
    locked = Job.objects.select_for_update().get(pk=job.pk)
    if locked.state not in Job.OPEN_STATES:
        raise TransitionRefused(f"该任务{locked.get_state_display()}，不能取消")
    if locked.state in (Job.State.QUEUED, Job.State.FAILED):
        locked.state = Job.State.CANCELLED
        locked.ended_at = at
    if locked.state == Job.State.RUNNING:
        locked.cancel_requested_at = at
    locked.save(update_fields=["state", "ended_at", "cancel_requested_at"])
    record(
        by=by, at=at, action="job.cancel", object_type="job", object_key=job.pk,
        object_label=f"{job.kind} {job.key}",
    )  # fmt: skip
