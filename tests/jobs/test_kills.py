"""J-1: processes killed at random instants; every job's effect is there exactly once, none is stuck."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone

from core.jobs.enqueue import enqueue
from core.jobs.models import Job
from core.jobs.run import run
from monitoring.tasks import request_month
from tests.jobs.forked import killed_somewhere, let_lease_end
from tests.jobs.kinds import TESTER, effects
from tests.jobs.test_compute_month_job import EXPECTED, exported

pytestmark = pytest.mark.reliability
Rounds = Callable[[int, int], int]
SECONDS = 0.12
"""The job of these tests takes about as long, so that kills fall before, inside and after it."""


def _kill_then_finish(kind: str, count: int, seed: int) -> tuple[list[Job], int]:
    """Each job is killed once and then run to its end; the jobs, and how many kills hit."""
    chance = random.Random(seed)
    jobs, hits = [], 0
    for number in range(count):
        job = enqueue(
            kind=kind,
            key=f"{kind}-{number}",
            arguments={},
            by=TESTER,
            at=timezone.now(),
            ring=False,
        )
        hits += killed_somewhere(job.pk, within=SECONDS, chance=chance)
        let_lease_end(job.pk)
        run(job.pk)
        jobs.append(Job.objects.get(pk=job.pk))
    return jobs, hits


def test_effect_of_a_killed_job_is_there_once(fresh_database: str, rounds: Rounds) -> None:
    count = rounds(100, 1000)
    jobs, hits = _kill_then_finish("test_slow_effect", count, seed=20261122)
    sys.stdout.write(f"seed 20261122, {count} rounds, {hits} kills inside\n")
    assert {job.state for job in jobs} == {Job.State.DONE}
    assert [effects(job.pk) for job in jobs] == [1] * count
    assert hits > count / 4, "the kills did not fall inside the work"


def test_an_effect_outside_the_jobs_transaction_would_be_doubled(
    fresh_database: str, rounds: Rounds
) -> None:
    """The control: the same kills on a job that commits its effect by itself are seen."""
    count = rounds(25, 250)
    jobs, _ = _kill_then_finish("test_split_effect", count, seed=7)
    assert max(effects(job.pk) for job in jobs) == 2


def test_month_killed_again_and_again_gives_the_expected_files(
    loaded_sample: str, tmp_path: Path, rounds: Rounds
) -> None:
    chance = random.Random(3)
    job = request_month(date(2026, 3, 1), by=TESTER, at=timezone.now())
    for _ in range(rounds(3, 100)):
        killed_somewhere(job.pk, within=4, chance=chance)
        let_lease_end(job.pk)
        # Attempts are counted; only here are there more of them than a job may have.
        Job.objects.filter(pk=job.pk).update(attempts=0)
    run(job.pk)
    assert Job.objects.get(pk=job.pk).state == Job.State.DONE
    assert exported(tmp_path) == EXPECTED
