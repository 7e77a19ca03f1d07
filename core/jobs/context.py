"""What a running job can say: progress, log lines, and whether it was asked to stop."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta

from django.db import Error, connection
from django.utils import timezone

from core.jobs.kinds import JobCancelled, JobKind, LeaseLost
from core.jobs.models import Job, JobLogLine

logger = logging.getLogger(__name__)
FLUSH_SECONDS = 2.0
FLUSHES_PER_LEASE = 3


class JobContext:
    """Given to a handler. Its words are written by a thread with a connection of its own.

    The handler's transaction may be long and is not visible outside until it commits; progress,
    log and lease must be. So nothing here touches the handler's connection.
    """

    def __init__(self, job: Job, kind: JobKind) -> None:
        self.job_id = job.pk
        self.attempt = job.attempts
        self._kind = kind
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._stage = job.stage
        self._done = 0
        self._total: int | None = None
        self._lines: list[tuple[datetime, str]] = []
        self._cancelled = False
        self._lost = False
        self._every = min(FLUSH_SECONDS, kind.lease_seconds / FLUSHES_PER_LEASE)
        self._thread = threading.Thread(target=self._pump, daemon=True)

    def progress(self, done: int, total: int | None = None, stage: str | None = None) -> None:
        """Set the progress; raises as `check_cancelled` does."""
        with self._lock:
            self._done = done
            if total is not None:
                self._total = total
            if stage is not None:
                self._stage = stage[:200]
        self.check_cancelled()

    def log(self, text: str) -> None:
        """Add a line to the job's log."""
        with self._lock:
            self._lines.append((timezone.now(), text))

    def check_cancelled(self) -> None:
        """Raise JobCancelled when the job was asked to stop, LeaseLost when another has it."""
        if self._lost:
            raise LeaseLost
        if self._cancelled:
            raise JobCancelled

    def start(self) -> None:
        """Begin to renew the lease and to write progress."""
        self._thread.start()

    def stop(self) -> None:
        """Write what is left and end the thread."""
        self._stop.set()
        self._wake.set()
        self._thread.join()

    def _pump(self) -> None:
        try:
            while True:
                self._wake.wait(self._every)
                last = self._stop.is_set()
                self._try_flush()
                if last:
                    return
        finally:
            connection.close()

    def _try_flush(self) -> None:
        """A database that is away for a moment must not end the renewals."""
        try:
            self._flush()
        except Error:
            logger.warning("job %s could not renew its lease", self.job_id, exc_info=True)
            connection.close()

    def _flush(self) -> None:
        now = timezone.now()
        with self._lock:
            stage, done, total = self._stage, self._done, self._total
            lines = list(self._lines)
        mine = Job.objects.filter(pk=self.job_id, attempts=self.attempt, state=Job.State.RUNNING)
        held = mine.update(
            stage=stage,
            progress_done=done,
            progress_total=total,
            lease_until=now + timedelta(seconds=self._kind.lease_seconds),
        )
        JobLogLine.objects.bulk_create(
            JobLogLine(job_id=self.job_id, at=at, text=text) for at, text in lines
        )
        with self._lock:
            del self._lines[: len(lines)]
        self._lost = not held
        self._cancelled = mine.filter(cancel_requested_at__isnull=False).exists()
