"""A real Celery worker in processes of its own, on the test's database."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings

from config.celery import app as celery_app
from tests.plugins.services import QUEUE_PREFIX

_START_SECONDS = 60


def database_url_of(alias: str) -> str:
    """The present address of `alias` as a URL, for a process of another kind."""
    entry = settings.DATABASES[alias]
    port = f"&port={entry['PORT']}" if entry["PORT"] else ""
    return (
        f"postgresql://{quote(entry['USER'], safe='')}:{quote(entry['PASSWORD'], safe='')}"
        f"@/{entry['NAME']}?host={quote(entry['HOST'])}{port}"
    )


def environment_of_test() -> dict[str, str]:
    """Environment in which another process works on this test's database, queue and files."""
    return {
        **os.environ,
        "DATABASE_URL": database_url_of("default"),
        "MIGRATION_DATABASE_URL": database_url_of("owner"),
        "REDIS_URL": str(settings.CELERY_BROKER_URL),
        "QUEUE_PREFIX": QUEUE_PREFIX,
        "SECRET_KEY": str(settings.SECRET_KEY),
        "FILES_DIR": str(settings.FILES_DIR),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


@contextmanager
def running_worker(
    log: Path, concurrency: int = 2, app: str = "config"
) -> Iterator[subprocess.Popen[bytes]]:
    """A worker in a process group of its own; the whole group is gone afterwards.

    `app` names another module with the Celery application, to add kinds of jobs of the tests.
    """
    with log.open("ab") as stream:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "celery", "-A", app, "worker"),
                *("--concurrency", str(concurrency), "--loglevel", "INFO"),
                *("--without-mingle", "--without-gossip", "--hostname", f"test{os.getpid()}@%h"),
            ],
            cwd=settings.BASE_DIR,
            env=environment_of_test(),
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
    try:
        _wait_until_ready(process, log)
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=15)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(
                f"worker ended with {process.returncode}:\n{log.read_text()[-3000:]}"
            )
        if b" ready." in log.read_bytes():
            return
        time.sleep(0.1)
    raise RuntimeError(f"worker not ready in {_START_SECONDS} s:\n{log.read_text()[-3000:]}")


@pytest.fixture
def start_worker(
    fresh_database: str, tmp_path: Path
) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Function that starts one more real worker on this test's database and queue."""
    from contextlib import ExitStack

    _empty_queue()
    with ExitStack() as stack:
        count = 0

        def start(concurrency: int = 2, app: str = "config") -> subprocess.Popen[bytes]:
            nonlocal count
            count += 1
            log = tmp_path / f"worker-{count}.log"
            return stack.enter_context(running_worker(log, concurrency, app))

        yield start
    _empty_queue()


@pytest.fixture
def celery_worker_process(
    start_worker: Callable[[], subprocess.Popen[bytes]],
) -> subprocess.Popen[bytes]:
    """One real worker."""
    return start_worker()


def _empty_queue() -> None:
    with celery_app.connection_for_write() as connection:
        connection.default_channel.queue_purge(settings.CELERY_TASK_DEFAULT_QUEUE)
