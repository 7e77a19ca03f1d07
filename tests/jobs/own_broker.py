"""A Redis of the test's own, to be killed and started again."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from django.conf import settings
from kombu import pools

from config.celery import app as celery_app
from core.embedded.account import ourselves
from core.embedded.binaries import redis_program
from core.embedded.redis_server import free_port
from tests.jobs.waiting import until


class OwnBroker:
    """Nothing is kept over a kill: what was queued is lost."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        program = redis_program(self.folder, ourselves())
        self._process = subprocess.Popen(
            [str(program), "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
        )
        until(self.answers, "own Redis answers", 20)

    def answers(self) -> bool:
        try:
            with redis.Redis(port=self.port) as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def own_broker(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnBroker]:
    """Started, and the broker of this process and of workers that are started from it."""
    broker = OwnBroker(folder)
    broker.start()
    monkeypatch.setattr(settings, "CELERY_BROKER_URL", broker.url)
    monkeypatch.setattr(celery_app.conf, "broker_url", broker.url)
    _forget_connections()
    try:
        yield broker
    finally:
        broker.kill()
        monkeypatch.undo()
        _forget_connections()


def _forget_connections() -> None:
    pools.reset()
    celery_app._pool = None
    celery_app.amqp._producer_pool = None
