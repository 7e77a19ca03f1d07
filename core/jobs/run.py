"""Run jobs under a lease: claim, do, and commit the effect together with `done`."""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils import timezone

from core.audit.record import Actor, RequestOrigin, request_origin
from core.jobs.context import JobContext
from core.jobs.enqueue import enqueue, ring_worker
from core.jobs.kinds import KINDS, JobCancelled, JobKind, JobRefused, LeaseLost
from core.jobs.models import Job
from core.operations import operation

logger = logging.getLogger(__name__)
POLL_SECONDS = 0.5
SWEEP_AFTER_SECONDS = 25
CANCELLED_WORDS = "已按要求取消，未写入任何数据"
CANCELLED_STEPS = "已按要求停止；停止前办成的保留，见结果页"
INTERRUPTED = "执行程序中断 {} 次，未写入任何数据，已停止；请联系平台运维检查后重新发起"
INTERRUPTED_STEPS = "执行程序中断 {} 次，已停止；此前办成的保留，请联系平台运维检查后从结果页继续"


@operation
def claim(*, job_id: int, at: datetime) -> Job | None:
    """Take a job that waits or whose lease ran out; None when another worker has it or it is over.

    A job that used up its attempts is dead: it is not tried again, and says so. One that was asked
    to stop while its worker died is cancelled. One of a kind that this program does not know waits
    for a program that does.
    """
    job = Job.objects.select_for_update(skip_locked=True).filter(pk=job_id).first()
    if job is None or not _may_be_taken(job, at):
        return None
    kind = KINDS.get(job.kind)
    if kind is None:
        logger.error("job %s is of the unknown kind %s", job.pk, job.kind)
        return None
    if job.cancel_requested_at is not None:
        _close(job, Job.State.CANCELLED, _cancelled(kind), at)
        return None
    if job.attempts >= kind.max_attempts:
        said = job.problem if job.state == Job.State.FAILED else ""
        words = INTERRUPTED_STEPS if kind.stepwise else INTERRUPTED
        _close(job, Job.State.DEAD, said or words.format(job.attempts), at)
        return None
    job.state = Job.State.RUNNING
    job.attempts += 1
    job.started_at = job.started_at or at
    job.lease_until = at + timedelta(seconds=kind.lease_seconds)
    job.worker = f"{socket.gethostname()}:{os.getpid()}"
    job.save(update_fields=["state", "attempts", "started_at", "lease_until", "worker"])
    return job


def _cancelled(kind: JobKind) -> str:
    return CANCELLED_STEPS if kind.stepwise else CANCELLED_WORDS


def _close(job: Job, state: Job.State, problem: str, at: datetime) -> None:
    job.state = state
    job.problem = problem
    job.lease_until = None
    job.ended_at = at
    job.save(update_fields=["state", "problem", "lease_until", "ended_at"])


def _may_be_taken(job: Job, at: datetime) -> bool:
    if job.state in (Job.State.QUEUED, Job.State.FAILED):
        return True
    expired = job.lease_until is None or job.lease_until < at
    return job.state == Job.State.RUNNING and expired


def run(job_id: int) -> Job | None:
    """Claim and run one job to its end; None when there was nothing to take.

    A refusal and a cancellation end the job. Any other error leaves it `failed`, to be taken
    again until its attempts are used up.
    """
    job = claim(job_id=job_id, at=timezone.now())
    if job is None:
        return None
    with _known_in_logs(job):
        _do(job)
    return Job.objects.get(pk=job.pk)


@contextmanager
def _known_in_logs(job: Job) -> Iterator[None]:
    """Log lines and audit events of the job carry the id of the request that asked for it."""
    token = request_origin.set(RequestOrigin(job.request_id, None))
    try:
        with structlog.contextvars.bound_contextvars(
            request_id=job.request_id, job_id=job.pk, job_kind=job.kind
        ):
            logger.info("job %s begins, attempt %s", job.pk, job.attempts)
            yield
    finally:
        request_origin.reset(token)


def _do(job: Job) -> None:
    kind = KINDS[job.kind]
    context = JobContext(job, kind)
    context.start()
    try:
        if kind.stepwise:
            result = kind.handler(context, job.arguments)
            context.stop()
            _end(job, Job.State.DONE, result=result)
        else:
            _do_whole(job, kind, context)
    except JobRefused as refusal:
        context.stop()
        _end(job, Job.State.REFUSED, problem=str(refusal))
    except JobCancelled:
        context.stop()
        _end(job, Job.State.CANCELLED, problem=_cancelled(kind))
    except LeaseLost:
        context.stop()
        logger.warning("job %s was taken over by another worker", job.pk)
    except Exception as error:
        context.stop()
        logger.exception("job %s failed", job.pk)
        _end(job, Job.State.FAILED, problem=f"{type(error).__name__}: {error}"[:2000])


def _do_whole(job: Job, kind: JobKind, context: JobContext) -> None:
    """Effect and `done` in one transaction; LeaseLost rolls both back."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        result = kind.handler(context, job.arguments)
        context.stop()
        if not _end(job, Job.State.DONE, result=result):
            raise LeaseLost


def _end(job: Job, state: str, *, result: dict[str, Any] | None = None, problem: str = "") -> bool:
    """Write how this attempt ended; False when another worker has taken the job over."""
    now = timezone.now()
    mine = Job.objects.filter(pk=job.pk, attempts=job.attempts, state=Job.State.RUNNING)
    changed = mine.update(
        state=state,
        result=result or {},
        problem=problem,
        lease_until=None,
        ended_at=None if state == Job.State.FAILED else now,
    )
    return bool(changed)


def run_here(*, kind: str, key: str, arguments: dict[str, Any], by: Actor, at: datetime) -> Job:
    """Run a job in this process and wait; joins one that another process already runs."""
    job = enqueue(kind=kind, key=key, arguments=arguments, by=by, at=at, ring=False)
    while True:
        ended = run(job.pk) or Job.objects.get(pk=job.pk)
        if ended.state not in (Job.State.RUNNING, Job.State.QUEUED):
            return ended
        time.sleep(POLL_SECONDS)


def sweep(*, at: datetime) -> int:
    """Call workers for jobs whose call was lost: waiting too long, lease over, or failed.

    Returns how many were called. Safe to run twice at once: taking is decided by `claim`.
    """
    stale = at - timedelta(seconds=SWEEP_AFTER_SECONDS)
    waiting = Job.objects.filter(state=Job.State.QUEUED, queued_at__lt=stale)
    expired = Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=at)
    failed = Job.objects.filter(state=Job.State.FAILED)
    ids = {job.pk for jobs in (waiting, expired, failed) for job in jobs.only("pk")}
    for job_id in sorted(ids):
        ring_worker(job_id)
    return len(ids)
