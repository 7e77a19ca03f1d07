"""Waiting for what another process does."""

from __future__ import annotations

import time
from collections.abc import Callable

from core.jobs.models import Job

SECONDS = 60.0


def until(condition: Callable[[], bool], what: str, seconds: float = SECONDS) -> None:
    """Return as soon as the condition holds; fail by name when it does not in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")


def until_state(job_id: int, *states: str) -> Job:
    until(
        lambda: Job.objects.filter(pk=job_id, state__in=states).exists(),
        f"job {job_id} {states}, now {Job.objects.get(pk=job_id)!r}",
    )
    return Job.objects.get(pk=job_id)
