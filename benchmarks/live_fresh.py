"""T5: how old a figure is at most while lines keep coming, and what keeping it young costs."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import date, timedelta

from django.conf import settings
from django.utils import timezone

from benchmarks import live_fold, live_writes
from benchmarks.results import Result

LINES_PER_SECOND = 50
LINES_PER_WRITE = 10
"""Half of them new, half received: so many lines are touched."""

SECONDS = 60


def measure(month: date) -> list[Result]:
    """Touch 50 lines a second for a minute, half by ordering and half by receiving, beside folds."""
    # Days after T3's, so that its writes lie in the past.
    start = live_fold.moment(month) + timedelta(days=2)
    back = timezone.now() - start
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.live_worker", start.isoformat(), str(SECONDS + 15)],
        cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        json.loads(process.stdout.readline())
        written = _write(month, back)
        said = [json.loads(line) for line in process.stdout]
    finally:
        process.terminate()
        process.wait(timeout=60)
    folds, cost = said[:-1], said[-1]
    ages = sorted(age for moment in written if (age := _age(moment, folds)) is not None)
    if len(ages) < len(written):
        raise SystemExit(f"{len(written) - len(ages)} 次写入没有进入实时指标")
    p95 = ages[int(len(ages) * 0.95)]
    share = (cost["own"] + cost["server"]) / cost["seconds"]
    counted = sum(fold["lines"] or 0 for fold in folds)
    return [
        Result(
            "T5", f"写入到可见，p95（每秒 {LINES_PER_SECOND} 行）", f"{p95:.1f}s", "10s", p95 / 10, 1.0,
            f"{len(folds)} 次更新，每 5 秒一次；最长 {ages[-1]:.1f}s",
        ),
        Result(
            "T5", "增量更新占一个核", f"{share:.1%}", "5%", share / 0.05, 1.0,
            f"进程 {cost['own']:.1f}s 与数据库会话 {cost['server']:.1f}s，共 {cost['seconds']:.0f}s，"
            f"计 {counted} 行",
        ),
    ]  # fmt: skip


def _write(month: date, back: timedelta) -> list[float]:
    """Commit times of the writes."""
    since = live_fold.Day(month).since
    done, begun, number = [], time.monotonic(), 10_000
    while (passed := time.monotonic() - begun) < SECONDS:
        number += 1
        live_writes.write(LINES_PER_WRITE // 2, since, timezone.now() - back, number)
        done.append(time.time())
        due = (number - 10_000) * LINES_PER_WRITE / LINES_PER_SECOND
        time.sleep(max(0.0, due - (time.monotonic() - begun)))
        assert passed >= 0
    return done


def _age(written: float, folds: list[dict[str, float]]) -> float | None:
    """Until the end of the first fold that began after the commit."""
    return next((fold["ended"] - written for fold in folds if fold["began"] >= written), None)
