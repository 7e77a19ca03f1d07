"""The platform's own monthly computation, asked for and waited for as any caller would."""

from __future__ import annotations

import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.conf import settings
from django.db import connection
from django.utils import timezone

from core.audit.record import SystemActor
from core.jobs.models import Job, JobLogLine
from core.processes.commands import worker_command
from monitoring.tasks import request_month

ACTOR = SystemActor(audit_name="性能对照")
READY_SECONDS = 90
POLL_SECONDS = 0.02
TIMED_LINE = re.compile(r"^(?P<stage>[^：]+)：.*?(?P<seconds>[\d.]+) 秒$")


@contextmanager
def worker() -> Iterator[None]:
    """A real Celery worker on this run's database and queue; ended with the block."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            worker_command(concurrency=1), cwd=settings.BASE_DIR, stdout=log, stderr=log
        )
        try:
            _wait_for_worker(process, log)
            yield
        finally:
            process.terminate()
            process.wait(timeout=60)


def _wait_for_worker(process: subprocess.Popen[bytes], log: object) -> None:
    from config.celery import app

    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        if app.control.ping(timeout=1.0):
            return
    raise SystemExit("Celery 任务进程没有启动；请先确认 make worker 能运行")


def run(month: date) -> tuple[float, Job]:
    """Seconds from the request to the committed end, and the job that ended."""
    started = time.perf_counter()
    job = request_month(month, by=ACTOR, at=timezone.now())
    while job.state not in (Job.State.DONE, Job.State.FAILED, Job.State.REFUSED, Job.State.DEAD):
        time.sleep(POLL_SECONDS)
        job.refresh_from_db(fields=["state", "problem", "result"])
    seconds = time.perf_counter() - started
    if job.state != Job.State.DONE:
        raise SystemExit(f"月度计算没有完成：{job.state} {job.problem}")
    return seconds, job


def stages(job: Job) -> dict[str, float]:
    """Seconds of each stage as the job logged them."""
    found = {}
    for text in JobLogLine.objects.filter(job=job).order_by("pk").values_list("text", flat=True):
        if match := TIMED_LINE.match(text):
            found[match["stage"]] = float(match["seconds"])
    return found


def rows_of(month: date) -> int:
    """Figures that the month holds now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM rollup.indicator_value WHERE month = %s", [month])
        return int(cursor.fetchone()[0])
