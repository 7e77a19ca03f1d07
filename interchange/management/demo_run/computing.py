"""The monthly job of the demo, through the queue and the real worker."""

import time
from collections.abc import Callable
from datetime import date

from django.core.management import CommandError
from django.utils import timezone

from core.audit.record import SystemActor
from core.jobs.models import Job
from monitoring.tasks import request_month

DEMO = SystemActor(audit_name="命令 run_demo")

_STALLED_SECONDS = 300


def compute_by_worker(month: date, *, between: Callable[[], None]) -> None:
    """Queue the month and wait until the worker has done it.

    `between` runs while waiting and may raise. Raises CommandError when the job ends otherwise
    than done, or when nothing moves for five minutes.
    """
    job = request_month(month, by=DEMO, at=timezone.now())
    _wait(job, between)


def _wait(job: Job, between: Callable[[], None]) -> None:
    seen, since = None, time.monotonic()
    while job.state in Job.OPEN_STATES:
        between()
        time.sleep(0.3)
        job.refresh_from_db()
        now_seen = (job.state, job.stage, job.progress_done, job.lease_until)
        if now_seen != seen:
            seen, since = now_seen, time.monotonic()
        elif time.monotonic() - since > _STALLED_SECONDS:
            raise CommandError(f"计算任务 {job.key} 五分钟没有进展，请看 var/logs/worker.log。")
    if job.state != Job.State.DONE:
        raise CommandError(
            f"计算任务 {job.key} {job.get_state_display()}：{job.problem or '没有说明'}"
        )
