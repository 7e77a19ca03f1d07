"""The hour that the live server and its clock's jobs read, where a journey goes through months."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from core.jobs.models import Job
from core.jobs.run import run


class Clock:
    """Real time goes on; `set` moves it. Sessions end by it, and codes of the second factor follow."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch, self._real = monkeypatch, timezone.now

    def set(self, moment: datetime) -> None:
        ahead, real = moment - self._real(), self._real
        self._patch.setattr("django.utils.timezone.now", lambda: real() + ahead)


def run_asked(kind: str, request: Any) -> Job:
    """What beat and a worker do: ask for the job of this kind, and run it."""
    request()
    job = Job.objects.filter(kind=kind).latest("pk")
    done = run(job.pk)
    assert done is not None and done.state == Job.State.DONE
    return done
