"""J-2: children, workers, Redis and the database killed under load, from jobs and from the web.

Every job is done exactly once, every answer of the web is a success that stays or a clean 503.
In CI three of each fault, where the database's sessions are ended and refused for a while; with
`--effort full` the specification's numbers, and immediate restarts of a PostgreSQL of its own.
"""

from __future__ import annotations

import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.db import Error, close_old_connections, connection, connections
from django.test import Client
from django.utils import timezone

from core.audit.models import AuditEvent
from core.jobs.enqueue import enqueue
from core.jobs.models import Job
from core.jobs.run import sweep
from inbox.models import SavedView
from organisations.models import User
from organisations.views.filtered import declared_lists
from tests.factories import organisations as make
from tests.jobs.faults import Faults, Worker, sessions_end
from tests.jobs.kinds import EFFECT, TESTER
from tests.jobs.own_broker import own_broker
from tests.jobs.own_cluster import own_cluster
from tests.jobs.waiting import until

pytestmark = pytest.mark.reliability
Rounds = Callable[[int, int], int]
KIND = "test_under_fire"
SEED = 20261123
DONE_WITHIN = 120
"""Seconds after the last fault."""


@dataclass
class Load:
    """Asks for jobs and calls the web until told to stop; keeps what was asked and answered."""

    person: User
    ahead: int
    pause: float
    over: threading.Event = field(default_factory=threading.Event)
    all_done: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)
    answers: dict[str, list[int]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def ask_for_jobs(self) -> None:
        number = 0
        while not self.over.is_set():
            key = f"fire-{number}"
            try:
                enqueue(kind=KIND, key=key, arguments={}, by=TESTER, at=timezone.now())
            except Error:
                connection.close()  # the same key again: whether it was written is not known
            else:
                self.asked.append(key)
                number += 1
            self.over.wait(0.2)
        connections.close_all()

    def call_the_web(self) -> None:
        """One view after another is saved; after anything but success the same is sent again."""
        client = Client(raise_request_exception=False)
        client.force_login(self.person)
        lists = sorted(declared_lists())  # thirty views of each are kept
        number = 0
        while not self.over.is_set():
            name = f"视图{number}"
            # As a server does before each request; the test's client leaves it out.
            close_old_connections()
            answer = client.post(
                "/api/v1/saved-views/", {"page": lists[number % len(lists)], "name": name, "query": "q=a"},
                content_type="application/json", headers={"Idempotency-Key": name},
            )  # fmt: skip
            self.answers.setdefault(name, []).append(answer.status_code)
            if answer.status_code not in (201, 503):
                self.wrong.append(f"{answer.status_code} {answer.content.decode()[:500]}")
            number += answer.status_code == 201
            self.over.wait(self.pause)
        connections.close_all()

    def ring_again(self) -> None:
        """What beat does every half minute; `ahead` seconds sooner where CI has no time.

        Not every second: each ring of a job that waits is one more message.
        """
        while not self.all_done.wait(3):
            try:
                sweep(at=timezone.now() + timedelta(seconds=self.ahead))
            except Error:
                connection.close()
        connections.close_all()


@pytest.fixture
def faults(
    fresh_database: str,
    database_template: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[Faults]:
    with ExitStack() as stack:
        broker = stack.enter_context(own_broker(tmp_path, monkeypatch))
        restart: Callable[[], None] = partial(sessions_end, fresh_database)
        if request.config.getoption("--effort") == "full":
            restart = stack.enter_context(own_cluster(tmp_path, database_template)).restart
        workers = [Worker(number, tmp_path / f"worker-{number}.log") for number in (1, 2)]
        for worker in workers:
            worker.start()
            stack.callback(worker.end)
        yield Faults(workers, broker, restart, random.Random(SEED))


def _some_job(state: str) -> bool:
    try:
        return Job.objects.filter(kind=KIND, state=state).exists()
    except Error:
        connection.close()
        return False


def _none_waits() -> bool:
    try:
        return not Job.objects.filter(kind=KIND).exclude(state=Job.State.DONE).exists()
    except Error:
        connection.close()
        return False


def test_every_job_is_done_once_and_every_answer_is_true(faults: Faults, rounds: Rounds) -> None:
    wanted = (
        ["child"] * rounds(3, 100) + ["worker"] * rounds(3, 30) + ["redis"] * rounds(2, 15)
        + ["flush"] * rounds(1, 5) + ["database"] * rounds(3, 30)
    )  # fmt: skip
    faults.chance.shuffle(wanted)
    person = make.person(make.organisation(), "clerk")
    load = Load(person, ahead=rounds(25, 0), pause=rounds(5, 60) / 100)
    threads = [
        threading.Thread(target=act)
        for act in (load.ask_for_jobs, load.call_the_web, load.ring_again)
    ]
    # The first request of a process reads all addresses, which takes seconds.
    assert Client().get("/api/v1/me/").status_code in (401, 403)
    for thread in threads:
        thread.start()
    began = time.monotonic()
    try:
        for name in wanted:
            until(lambda: _some_job("running"), f"work goes on after {faults.made[-3:]}")
            time.sleep(faults.chance.uniform(0, 0.3))
            faults.make(name)
        last = time.monotonic()
        asked = len(load.asked)
        until(lambda: len(load.asked) > asked, "jobs are asked for again")
        load.over.set()
        until(_none_waits, "every job is done", DONE_WITHIN)
    finally:
        load.over.set()
        load.all_done.set()
        for thread in threads:
            thread.join()
    _check(load, faults, time.monotonic() - began, time.monotonic() - last)


def _check(load: Load, faults: Faults, seconds: float, after: float) -> None:
    jobs = list(Job.objects.filter(kind=KIND))
    effects = sorted(AuditEvent.objects.filter(action=EFFECT).values_list("object_key", flat=True))
    assert effects == sorted(str(job.pk) for job in jobs), "each effect once, none without its job"
    assert {job.key for job in jobs} >= set(load.asked), "what was accepted is there"
    assert load.wrong == [], "neither a success nor a clean 503"
    saved = sorted(SavedView.objects.filter(user=load.person).values_list("name", flat=True))
    told = {name for name, answers in load.answers.items() if 201 in answers}
    # The last one may have been written although its answer was lost.
    assert set(saved) - told <= {list(load.answers)[-1]}
    assert told <= set(saved), "a success that is not there"
    assert len(saved) == len(set(saved))
    sys.stdout.write(
        f"seed {SEED}, {len(faults.made)} faults in {seconds:.0f} s, {len(jobs)} jobs,"
        f" {sum(job.attempts > 1 for job in jobs)} tried again, done {after:.0f} s after the last;"
        f" {sum(map(len, load.answers.values()))} answers,"
        f" {sum(a.count(503) for a in load.answers.values())} of 503\n"
    )
    assert any(job.attempts > 1 for job in jobs), "the faults hit no work"
