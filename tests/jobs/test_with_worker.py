"""Jobs on a real worker, a real broker and a database of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from core.jobs.enqueue import enqueue, request_cancel, ring_worker
from core.jobs.models import Job
from core.jobs.run import run_here, sweep
from tests.jobs.kinds import LEASE_SECONDS, TESTER, effects
from tests.jobs.waiting import until, until_state

APP = "tests.jobs.worker_app"
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """The file whose presence lets a `test_gate` job go on."""
    return tmp_path / "gate"


def ask(kind: str, key: str, **arguments: object) -> Job:
    return enqueue(kind=kind, key=key, arguments=arguments, by=TESTER, at=timezone.now())


def kill(job: Job) -> None:
    """End the very process that runs the job, without a word."""
    os.kill(int(job.worker.rpartition(":")[2]), signal.SIGKILL)


def until_waiting(job_id: int) -> Job:
    """The job runs, and its words are seen while its transaction is open."""
    until(
        lambda: Job.objects.filter(pk=job_id, stage="已写入，等待", state="running").exists(),
        "progress is seen from outside",
    )
    return Job.objects.get(pk=job_id)


def until_lease_is_over(job_id: int) -> None:
    until(
        lambda: Job.objects.filter(pk=job_id, lease_until__lt=timezone.now()).exists(),
        "lease is over",
        LEASE_SECONDS * 5,
    )


def test_progress_and_log_are_seen_while_the_effect_is_not(start_worker: Start, gate: Path) -> None:
    start_worker(app=APP)
    job = ask("test_gate", "one", gate=str(gate))
    until_waiting(job.pk)
    until(lambda: job.log_lines.count() == 1, "first log line")
    running = Job.objects.get(pk=job.pk)
    assert (running.progress_done, running.progress_total) == (1, 2)
    assert effects(job.pk) == 0, "the handler's transaction is open"

    gate.touch()
    done = until_state(job.pk, "done")
    assert effects(job.pk) == 1
    assert done.result == {"effects": 1}
    assert (done.progress_done, done.stage, done.attempts) == (2, "完成", 1)
    assert [line.text for line in done.log_lines.order_by("id")] == ["开始", "结束"]
    assert done.ended_at is not None
    assert done.lease_until is None


def test_same_key_asked_by_many_at_once_runs_once(start_worker: Start, gate: Path) -> None:
    start_worker(app=APP)
    barrier = threading.Barrier(6)
    jobs: list[int] = []

    def many() -> None:
        barrier.wait()
        try:
            jobs.append(ask("test_gate", "many", gate=str(gate)).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=many) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(jobs) == 6
    assert len(set(jobs)) == 1
    until_waiting(jobs[0])
    for _ in range(4):
        ring_worker(jobs[0])
    gate.touch()
    done = until_state(jobs[0], "done")
    ring_worker(done.pk)
    after = ask("test_gate", "after", gate=str(gate))
    until_state(after.pk, "done")
    assert effects(done.pk) == 1
    assert Job.objects.get(pk=done.pk).attempts == 1
    assert ask("test_gate", "many", gate=str(gate)).pk != done.pk, (
        "a job that is over is asked anew"
    )


def test_job_of_a_killed_process_is_done_once_by_another(start_worker: Start, gate: Path) -> None:
    start_worker(app=APP)
    job = ask("test_gate", "killed", gate=str(gate))
    kill(until_waiting(job.pk))
    until_lease_is_over(job.pk)
    assert effects(job.pk) == 0
    gate.touch()
    assert sweep(at=timezone.now()) == 1
    done = until_state(job.pk, "done")
    assert done.attempts == 2
    assert effects(job.pk) == 1


def test_job_of_a_killed_worker_is_done_once_by_the_next(start_worker: Start, gate: Path) -> None:
    first = start_worker(app=APP)
    job = ask("test_gate", "worker", gate=str(gate))
    until_waiting(job.pk)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    gate.touch()
    start_worker(app=APP)
    until_lease_is_over(job.pk)

    # Two sweepers at once: the second call finds nothing to take.
    threads = [threading.Thread(target=_sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = until_state(job.pk, "done")
    after = ask("test_gate", "after", gate=str(gate))
    until_state(after.pk, "done")
    assert done.attempts == 2
    assert Job.objects.get(pk=job.pk).attempts == 2
    assert effects(job.pk) == 1


def _sweep() -> None:
    try:
        assert sweep(at=timezone.now()) == 1
    finally:
        connection.close()


def test_running_job_stops_when_asked(start_worker: Start, gate: Path) -> None:
    start_worker(app=APP)
    job = ask("test_gate", "stopped", gate=str(gate))
    until_waiting(job.pk)
    request_cancel(job=job, by=TESTER, at=timezone.now())
    ended = until_state(job.pk, "cancelled")
    assert ended.problem == "已按要求取消，未写入任何数据"
    assert effects(job.pk) == 0


def test_run_here_joins_the_run_of_a_worker(start_worker: Start, gate: Path) -> None:
    start_worker(app=APP)
    job = ask("test_gate", "joined", gate=str(gate))
    until_waiting(job.pk)
    timer = threading.Timer(1, gate.touch)
    timer.start()
    ended = run_here(
        kind="test_gate", key="joined", arguments={"gate": str(gate)}, by=TESTER, at=timezone.now()
    )
    timer.join()
    assert (ended.pk, ended.state, ended.attempts) == (job.pk, "done", 1)
    assert effects(job.pk) == 1


def test_lost_call_is_made_again(start_worker: Start, gate: Path) -> None:
    """The asker died between its commit and the call: the row waits, the sweeper calls."""
    start_worker(app=APP)
    gate.touch()
    at = timezone.now()
    job = enqueue(
        kind="test_gate", key="lost", arguments={"gate": str(gate)}, by=TESTER, at=at, ring=False
    )
    assert sweep(at=at) == 0, "a call may still be on its way"
    assert sweep(at=at + timedelta(seconds=30)) == 1
    until_state(job.pk, "done")
    assert effects(job.pk) == 1
