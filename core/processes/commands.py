"""Command lines of the platform's processes, the same in the demo and by hand."""

import os
import sys
from pathlib import Path


def worker_command(*, concurrency: int | None = None) -> list[str]:
    return [
        *(sys.executable, "-m", "celery", "-A", "config", "worker"),
        *("--concurrency", str(concurrency or max(1, min(4, os.cpu_count() or 1)))),
        *("--loglevel", "WARNING", "--without-mingle", "--without-gossip"),
    ]


def clock_command(*, var: Path) -> list[str]:
    """Beat; its own notes go below `var`, jobs are unique however many of them run."""
    return [
        *(sys.executable, "-m", "celery", "-A", "config", "beat"),
        *("--loglevel", "WARNING", "--schedule", str(var / "beat-schedule"), "--pidfile", ""),
    ]


def web_command(*, bind: str) -> list[str]:
    """The pages; loaded once and then forked, which halves the start on a small machine."""
    return [
        *(sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "--preload"),
        *("--bind", bind, "config.wsgi"),
    ]
