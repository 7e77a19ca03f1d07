"""The monthly job: twice at once, killed in the middle and taken up again, figures and warnings once."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from core.jobs.models import Job
from core.jobs.run import sweep
from monitoring.models import ComputedMonth, IndicatorValue, Warning, WarningStep
from monitoring.tasks import request_month
from tests.jobs.kinds import TESTER
from tests.jobs.waiting import until, until_state
from tests.monitoring.indicators.provinces import SAMPLE, compute

MARCH = date(2026, 3, 1)
ROWS = 3187
Start = Callable[..., subprocess.Popen[bytes]]


def exported(folder: Path) -> tuple[bytes, bytes]:
    indicators, warnings = folder / "indicators.csv", folder / "warnings.csv"
    for command, path in (("export_indicators", indicators), ("export_warnings", warnings)):
        call_command(command, "--month", "2026-03", "--out", str(path), verbosity=0)
    return indicators.read_bytes(), warnings.read_bytes()


EXPECTED = tuple(
    (SAMPLE / "expected" / name).read_bytes() for name in ("indicators.csv", "warnings.csv")
)


class HeldBack:
    """While entered, every computation of a month stops before its warnings, all figures done."""

    def __enter__(self) -> None:
        self._go = threading.Event()
        self._held = threading.Event()
        self._thread = threading.Thread(target=self._hold)
        self._thread.start()
        assert self._held.wait(60)

    def __exit__(self, *_: object) -> None:
        self._go.set()
        self._thread.join()

    def _hold(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext('raise_warnings'))")
            self._held.set()
            self._go.wait()
        connection.close()


def until_warnings(job_id: int) -> Job:
    until(lambda: Job.objects.get(pk=job_id).stage == "预警", "all figures are computed", 120)
    return Job.objects.get(pk=job_id)


def test_month_killed_in_the_middle_is_computed_once_by_the_next(
    start_worker: Start, loaded_sample: str, tmp_path: Path
) -> None:
    start_worker()
    job = request_month(MARCH, by=TESTER, at=timezone.now())
    with HeldBack():
        running = until_warnings(job.pk)
        assert running.progress_done > 0
        until(running.log_lines.exists, "its words are seen")
        assert not IndicatorValue.objects.exists(), "nothing is seen before the end"
        os.kill(int(running.worker.rpartition(":")[2]), signal.SIGKILL)
    # Instead of waiting for a minute.
    Job.objects.filter(pk=job.pk).update(lease_until=datetime(2026, 1, 1, tzinfo=UTC))
    assert not IndicatorValue.objects.exists()
    assert not Warning.objects.exists()
    assert sweep(at=timezone.now()) == 1

    done = until_state(job.pk, "done")
    assert (done.attempts, done.result["total"]) == (2, ROWS)
    assert exported(tmp_path) == EXPECTED
    opened = done.result["warnings"]["opened"]
    assert opened == Warning.objects.count() == WarningStep.objects.filter(verb="raise").count()


def test_month_asked_twice_at_once_is_computed_once(
    start_worker: Start, loaded_sample: str, tmp_path: Path
) -> None:
    """By the clock and by hand, at the same moment, with two processes to take it."""
    start_worker(concurrency=2)
    ids: list[int] = []
    barrier = threading.Barrier(4)

    def ask() -> None:
        barrier.wait()
        try:
            ids.append(request_month(MARCH, by=TESTER, at=timezone.now()).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(ids)) == 1
    done = until_state(ids[0], "done")
    assert done.attempts == 1
    assert exported(tmp_path) == EXPECTED
    assert ComputedMonth.objects.count() == 1

    # Again, after it was done: a new job, the same figures, no second set of warnings.
    warnings = Warning.objects.count()
    again = request_month(MARCH, by=TESTER, at=timezone.now())
    assert again.pk != done.pk
    ended = until_state(again.pk, "done")
    assert ended.result["rows"] == done.result["rows"]
    assert ended.result["warnings"]["opened"] == 0
    assert exported(tmp_path) == EXPECTED
    assert Warning.objects.count() == warnings


def test_month_computed_in_two_places_at_once_gives_one_set(
    loaded_sample: str, tmp_path: Path
) -> None:
    """Beside the job's own key: two transactions compute the same month."""
    totals: list[int] = []
    failed: list[Exception] = []

    def run() -> None:
        try:
            totals.append(compute(MARCH).total)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert totals == [ROWS, ROWS]
    assert exported(tmp_path) == EXPECTED
    assert WarningStep.objects.filter(verb="raise").count() == Warning.objects.count()
