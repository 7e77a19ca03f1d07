"""Faults of everything that jobs stand on, made while work goes on."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import redis
from django.conf import settings
from psycopg2 import sql

from core.jobs.models import Job
from tests.databases import server
from tests.jobs.own_broker import OwnBroker
from tests.plugins.worker import environment_of_test

AWAY_SECONDS = 0.5
APP = "tests.jobs.worker_app"


@dataclass
class Worker:
    """A Celery worker with its children, started again at once whenever it ends, as a unit would."""

    number: int
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as stream:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "celery", "-A", APP, "worker", "--concurrency", "1"),
                    *("--loglevel", "WARNING", "--without-mingle", "--without-gossip"),
                    *("--hostname", f"fire{os.getpid()}-{self.number}@%h"),
                ],
                cwd=settings.BASE_DIR, env=environment_of_test(), stdout=stream, stderr=stream,
                start_new_session=True,
            )  # fmt: skip

    def kill(self) -> None:
        """The whole group, and start anew."""
        self.end()
        self.start()

    def end(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@dataclass
class Faults:
    """Each fault by name; `restart_database` says how the database goes away and comes back."""

    workers: list[Worker]
    broker: OwnBroker
    restart_database: Callable[[], None]
    chance: random.Random
    made: list[str] = field(default_factory=list)

    def make(self, name: str) -> None:
        worker = self.chance.choice(self.workers)
        {
            "child": self._child_dies,
            "worker": worker.kill,
            "redis": self._redis_dies,
            "flush": self._redis_forgets,
            "database": self.restart_database,
        }[name]()
        self.made.append(name)

    def _child_dies(self) -> None:
        """The very process that runs a job."""
        with suppress(Job.DoesNotExist, ProcessLookupError):  # over in the meantime
            job = Job.objects.filter(state=Job.State.RUNNING).latest("id")
            os.kill(int(job.worker.rpartition(":")[2]), signal.SIGKILL)

    def _redis_dies(self) -> None:
        self.broker.kill()
        time.sleep(AWAY_SECONDS)
        self.broker.start()

    def _redis_forgets(self) -> None:
        with redis.Redis(port=self.broker.port) as client:
            client.flushall()


def sessions_end(name: str) -> None:
    """What clients of database `name` meet when its server restarts: ended, refused, back again."""
    with server.owner_cursor() as cursor:
        allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
        cursor.execute(allow.format(sql.Identifier(name), sql.SQL("false")))
        try:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s AND backend_type = 'client backend'",
                [name],
            )
            time.sleep(AWAY_SECONDS)
        finally:
            cursor.execute(allow.format(sql.Identifier(name), sql.SQL("true")))
