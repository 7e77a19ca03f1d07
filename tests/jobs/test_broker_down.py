"""The broker is away: requests are kept, nobody waits, and each runs once when it is back."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from core.jobs.enqueue import enqueue
from core.jobs.models import Job
from core.jobs.run import sweep
from tests.jobs.kinds import TESTER, effects
from tests.jobs.own_broker import OwnBroker, own_broker
from tests.jobs.waiting import until_state

Start = Callable[..., subprocess.Popen[bytes]]
ANSWER_SECONDS = 5
APP = "tests.jobs.worker_app"


@pytest.fixture
def broker(
    fresh_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OwnBroker]:
    with own_broker(tmp_path, monkeypatch) as own:
        yield own


def ask(key: str) -> Job:
    return enqueue(
        kind="test_fail", key=key, arguments={"good_from": 0}, by=TESTER, at=timezone.now()
    )


def test_request_waits_for_the_broker_and_runs_once(broker: OwnBroker, start_worker: Start) -> None:
    # Used once, so that a connection is open when the broker dies.
    start_worker(app=APP)
    until_state(ask("before").pk, "done")
    broker.kill()

    began = time.monotonic()
    waiting = [ask(f"down {n}") for n in range(3)]
    assert time.monotonic() - began < ANSWER_SECONDS * len(waiting), "nobody hangs"
    assert sweep(at=timezone.now() + timedelta(seconds=30)) == 3, "a sweep in vain is harmless"
    assert [Job.objects.get(pk=job.pk).state for job in waiting] == ["queued"] * 3

    broker.start()
    assert sweep(at=timezone.now() + timedelta(seconds=30)) == 3
    for job in waiting:
        done = until_state(job.pk, "done")
        assert (done.attempts, effects(job.pk)) == (1, 1)


def test_calls_lost_with_the_broker_are_made_again(broker: OwnBroker, start_worker: Start) -> None:
    """Redis dies with its queue in memory only; the rows are still there."""
    job = ask("lost")
    broker.kill()
    broker.start()
    start_worker(app=APP)
    after = ask("after")
    until_state(after.pk, "done")
    assert Job.objects.get(pk=job.pk).state == "queued", "its call is gone"
    assert sweep(at=timezone.now() + timedelta(seconds=30)) == 1
    until_state(job.pk, "done")
    assert effects(job.pk) == 1
