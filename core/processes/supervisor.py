"""Starts processes, watches them, and stops all that it started, the last one first."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_WARM_SECONDS = 8
"""Time to end in good order; jobs that were cut off are taken up again by their lease."""


class ProcessDied(Exception):
    """A watched process ended by itself; the text says which and shows its log's end."""


class StopAsked(Exception):
    """Ctrl-C, or a signal to end."""


@dataclass
class _Child:
    name: str
    process: subprocess.Popen[bytes]
    log: Path


class Supervisor:
    """Children run in sessions of their own, so that Ctrl-C reaches us alone and we end them."""

    def __init__(self, *, cwd: Path, logs: Path) -> None:
        self.cwd = cwd
        self.logs = logs
        self._children: list[_Child] = []

    def listen_to_signals(self) -> None:
        for number in _STOP_SIGNALS:
            signal.signal(number, _ask_to_stop)

    def start(
        self, name: str, command: list[str], *, environment: dict[str, str] | None = None
    ) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"{name}.log"
        with log.open("ab") as stream:
            process = subprocess.Popen(
                command,
                cwd=self.cwd,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - nothing else runs here yet
            )
        self._children.append(_Child(name, process, log))

    def check(self) -> None:
        """Raise ProcessDied when a child is gone."""
        for child in self._children:
            status = child.process.poll()
            if status is not None:
                raise ProcessDied(
                    f"{child.name} 意外退出（状态 {status}），日志 {child.log} 的最后几行：\n"
                    + _tail(child.log)
                )

    def watch(self) -> None:
        """Return only by StopAsked or ProcessDied."""
        while True:
            self.check()
            time.sleep(0.5)

    def stop(self) -> None:
        """End all children in reverse order, by force when they do not follow."""
        for child in reversed(self._children):
            if child.process.poll() is None:
                child.process.terminate()
        deadline = time.monotonic() + _WARM_SECONDS
        for child in reversed(self._children):
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(timeout=max(0.1, deadline - time.monotonic()))
            _kill_group(child.process)
        self._children.clear()


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let no second Ctrl-C cut the clearing up short."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in _STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end_with_parent() -> None:
    """Ask Linux to end this child when we die without having stopped it."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _ask_to_stop(number: int, frame: FrameType | None) -> None:
    raise StopAsked


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _tail(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
