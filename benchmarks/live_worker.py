"""A process that folds every five seconds, with its clock set back into the drawn year.

Prints one JSON line per fold (when its snapshot began and when it was committed) and at the end the
processor seconds of itself and of its database session.
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import django

django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.month_job import ACTOR  # noqa: E402
from monitoring.operations.live.keep_current import keep_current  # noqa: E402

EVERY = 5.0


def main(back: timedelta, seconds: float) -> None:
    keep_current(by=ACTOR, at=timezone.now() - back)
    backend = _backend()
    begun, before = time.monotonic(), (_own(), _of(backend))
    print(json.dumps({"ready": True}), flush=True)
    while time.monotonic() - begun < seconds:
        started = time.time()
        kept = keep_current(by=ACTOR, at=timezone.now() - back)
        print(json.dumps({"began": started, "ended": time.time(), "did": kept.did,
                          "lines": kept.folded.lines if kept.folded else None}), flush=True)  # fmt: skip
        time.sleep(max(0.0, EVERY - (time.time() - started)))
    after, took = (_own(), _of(backend)), time.monotonic() - begun
    print(json.dumps({"seconds": took, "own": after[0] - before[0],
                      "server": after[1] - before[1]}), flush=True)  # fmt: skip


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _own() -> float:
    return time.process_time()


def _of(pid: int) -> float:
    """Processor seconds of the server process, where the server runs on this machine."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main(datetime.now().astimezone() - datetime.fromisoformat(sys.argv[1]), float(sys.argv[2]))
