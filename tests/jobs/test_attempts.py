"""How attempts end: refused, failed and repeated, dead, cancelled, taken over."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core.audit.models import AuditEvent
from core.jobs import kinds as registry
from core.jobs import run as runner
from core.jobs.context import JobContext
from core.jobs.enqueue import enqueue, request_cancel
from core.jobs.kinds import LeaseLost
from core.jobs.models import Job
from core.transitions import TransitionRefused
from tests.jobs.kinds import ATTEMPTS, LEASE_SECONDS, TESTER, effects
from tests.jobs.waiting import until

pytestmark = pytest.mark.usefixtures("fresh_database")


@pytest.fixture(autouse=True)
def calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Ids that a worker was called for; nobody answers, the tests run jobs themselves."""
    made: list[int] = []
    monkeypatch.setattr("core.jobs.enqueue.ring_worker", made.append)
    monkeypatch.setattr("core.jobs.run.ring_worker", made.append)
    return made


def ask(kind: str, **arguments: object) -> Job:
    return enqueue(kind=kind, key="k", arguments=arguments, by=TESTER, at=timezone.now())


def fresh(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def test_failure_is_repeated_and_its_effects_are_undone(calls: list[int]) -> None:
    job = ask("test_fail", good_from=2)
    failed = runner.run(job.pk)
    assert failed is not None
    assert (failed.state, failed.attempts, failed.problem) == ("failed", 1, "ValueError: 不成")
    assert effects(job.pk) == 0
    calls.clear()
    assert runner.sweep(at=timezone.now()) == 1
    assert calls == [job.pk]

    done = runner.run(job.pk)
    assert done is not None
    assert (done.state, done.attempts, done.problem) == ("done", 2, "")
    assert effects(job.pk) == 1
    assert runner.sweep(at=timezone.now() + timedelta(days=1)) == 0
    assert runner.run(job.pk) is None


def test_failure_is_dead_after_its_last_attempt() -> None:
    job = ask("test_fail", good_from=99)
    for attempt in range(1, ATTEMPTS + 1):
        failed = runner.run(job.pk)
        assert failed is not None
        assert (failed.state, failed.attempts) == ("failed", attempt)
    assert runner.run(job.pk) is None
    dead = fresh(job)
    assert (dead.state, dead.attempts, dead.problem) == ("dead", ATTEMPTS, "ValueError: 不成")
    assert dead.ended_at is not None
    assert effects(job.pk) == 0
    assert runner.sweep(at=timezone.now() + timedelta(days=1)) == 0
    assert ask("test_fail", good_from=1).pk != job.pk, "a dead job does not block its key"


def test_job_that_kills_its_worker_each_time_says_so_when_it_is_dead() -> None:
    job = ask("test_gate", gate="/nowhere")
    gone = timezone.now() - timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).update(state="running", attempts=ATTEMPTS, lease_until=gone)
    assert runner.sweep(at=timezone.now()) == 1
    assert runner.run(job.pk) is None
    dead = fresh(job)
    assert dead.state == "dead"
    assert dead.problem.startswith(f"执行程序中断 {ATTEMPTS} 次，未写入任何数据")


def test_refusal_is_not_repeated() -> None:
    job = ask("test_refuse")
    refused = runner.run(job.pk)
    assert refused is not None
    assert (refused.state, refused.problem) == ("refused", "第 3 行「采购数量」应大于 0")
    assert effects(job.pk) == 0
    assert runner.run(job.pk) is None
    assert runner.sweep(at=timezone.now() + timedelta(days=1)) == 0


def test_queued_job_is_cancelled_at_once() -> None:
    job = ask("test_refuse")
    request_cancel(job=job, by=TESTER, at=timezone.now())
    assert fresh(job).state == "cancelled"
    assert runner.run(job.pk) is None
    assert AuditEvent.objects.filter(action="job.cancel", object_key=str(job.pk)).count() == 1


def test_job_that_is_over_is_not_cancelled() -> None:
    job = ask("test_fail", good_from=1)
    runner.run(job.pk)
    with pytest.raises(TransitionRefused, match="该任务已完成，不能取消"):
        request_cancel(job=job, by=TESTER, at=timezone.now())
    assert fresh(job).state == "done"
    assert not AuditEvent.objects.filter(action="job.cancel").exists()


def test_job_whose_worker_died_after_being_asked_to_stop_is_not_begun_again(
    tmp_path: Path,
) -> None:
    (tmp_path / "gate").touch()
    job = ask("test_gate", gate=str(tmp_path / "gate"))
    gone = timezone.now() - timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).update(state="running", attempts=1, lease_until=gone)
    request_cancel(job=job, by=TESTER, at=timezone.now())
    assert runner.run(job.pk) is None
    assert fresh(job).state == "cancelled"
    assert effects(job.pk) == 0


def test_live_lease_is_not_taken() -> None:
    job = ask("test_fail", good_from=1)
    later = timezone.now() + timedelta(seconds=60)
    Job.objects.filter(pk=job.pk).update(state="running", attempts=1, lease_until=later)
    assert runner.run(job.pk) is None
    assert fresh(job).attempts == 1
    assert runner.sweep(at=timezone.now()) == 0


def test_claimed_by_one_of_many_at_once() -> None:
    for _ in range(10):
        job = ask("test_fail", good_from=1)
        barrier = threading.Barrier(6)
        taken: list[int] = []

        def take(
            job: Job = job, barrier: threading.Barrier = barrier, taken: list[int] = taken
        ) -> None:
            barrier.wait()
            try:
                if runner.claim(job_id=job.pk, at=timezone.now()):
                    taken.append(1)
            finally:
                connection.close()

        threads = [threading.Thread(target=take) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert taken == [1]
        Job.objects.filter(pk=job.pk).update(state="cancelled")


def test_work_of_a_lost_lease_is_rolled_back(tmp_path: Path) -> None:
    """The worker was away so long that another finished the job; then it comes back."""
    gate = tmp_path / "gate"
    job = ask("test_gate", gate=str(gate))
    thread = threading.Thread(target=_run_and_close, args=(job.pk,))
    thread.start()
    until(lambda: fresh(job).stage == "已写入，等待", "first worker is at work")
    # The other one: the row is its own by now.
    Job.objects.filter(pk=job.pk).update(state="done", attempts=2)
    thread.join(timeout=60)
    assert not thread.is_alive(), "told by its next progress that the lease is lost"
    assert (fresh(job).state, fresh(job).attempts) == ("done", 2)
    assert effects(job.pk) == 0


def test_work_that_lost_its_lease_at_the_last_moment_is_rolled_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Even where no progress told of it: `done` is written for one's own attempt only."""

    def stolen(context: JobContext, arguments: dict[str, object]) -> dict[str, object]:
        write = runner.KINDS["test_fail"].handler(context, {"good_from": 0})
        thread = threading.Thread(target=_steal, args=(context.job_id,))
        thread.start()
        thread.join()
        return write

    kind = registry.JobKind(name="test_stolen", label="", handler=stolen)
    monkeypatch.setitem(registry.KINDS, "test_stolen", kind)
    job = ask("test_stolen")
    runner.run(job.pk)
    assert (fresh(job).state, fresh(job).attempts) == ("running", 2)
    assert effects(job.pk) == 0


def _steal(job_id: int) -> None:
    Job.objects.filter(pk=job_id).update(attempts=2)
    connection.close()


def _run_and_close(job_id: int) -> None:
    try:
        runner.run(job_id)
    finally:
        connection.close()


def test_lease_is_renewed_while_the_handler_works(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    job = ask("test_gate", gate=str(gate))
    thread = threading.Thread(target=_run_and_close, args=(job.pk,))
    thread.start()
    until(lambda: fresh(job).state == "running", "runs")
    first = fresh(job).lease_until
    assert first is not None
    until(lambda: timezone.now() > first, "longer than the first lease", LEASE_SECONDS * 3)
    assert runner.run(job.pk) is None, "nobody takes it"
    assert runner.sweep(at=timezone.now()) == 0
    gate.touch()
    thread.join(timeout=60)
    assert (fresh(job).state, fresh(job).attempts) == ("done", 1)


def test_lease_outlives_a_moment_without_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One failed renewal is tried again, and its log lines are kept."""
    gate = tmp_path / "gate"
    real = JobContext._flush
    broken = [True, True]

    def flush(self: JobContext) -> None:
        if broken:
            broken.pop()
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        real(self)

    monkeypatch.setattr(JobContext, "_flush", flush)
    job = ask("test_gate", gate=str(gate))
    thread = threading.Thread(target=_run_and_close, args=(job.pk,))
    thread.start()
    until(lambda: fresh(job).stage == "已写入，等待", "renewed in spite of it")
    gate.touch()
    thread.join(timeout=60)
    assert fresh(job).state == "done"
    assert [line.text for line in job.log_lines.order_by("id")] == ["开始", "结束"]


def test_kind_that_this_program_does_not_know_waits_for_one_that_does() -> None:
    job = ask("test_of_tomorrow")
    assert runner.run(job.pk) is None
    assert (fresh(job).state, fresh(job).attempts) == ("queued", 0)


def test_rolled_back_request_leaves_no_job_and_calls_nobody(calls: list[int]) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        ask("test_refuse")
        raise RuntimeError
    assert calls == []
    assert not Job.objects.exists()


def test_second_request_gives_the_open_job_and_one_event(calls: list[int]) -> None:
    at = timezone.now()
    first, second = (
        enqueue(kind="test_refuse", key="k", arguments={}, by=TESTER, at=at) for _ in range(2)
    )
    assert first.pk == second.pk
    assert calls == [first.pk, first.pk]
    assert AuditEvent.objects.filter(action="job.enqueue").count() == 1


def test_lost_lease_raises_at_the_next_word() -> None:
    job = ask("test_fail", good_from=1)
    claimed = runner.claim(job_id=job.pk, at=timezone.now())
    assert claimed is not None
    context = JobContext(claimed, runner.KINDS["test_fail"])
    context.check_cancelled()
    Job.objects.filter(pk=job.pk).update(attempts=2)
    context._flush()
    with pytest.raises(LeaseLost):
        context.progress(1)
