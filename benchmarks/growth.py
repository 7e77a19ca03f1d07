"""How cost grows with the lines of a year: the same work in databases of several sizes.

Shown for understanding, without a target: 10 and 30 million lines take hours to draw, so they are
measured when they are asked for.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date

from django.utils import timezone

from benchmarks import bases, databases, lists, month_job, province, twin
from benchmarks.results import Result
from benchmarks.setup import Bench
from benchmarks.timing import Series, clocked
from monitoring.operations.compute_month import compute_month


def measure(
    bench: Bench, sizes: Sequence[int], seed: float, month: date, repeats: int
) -> list[Result]:
    """One row per size and kind of work; the ratio is to the first size."""
    results: list[Result] = []
    first: dict[str, tuple[int, float]] = {}
    for size in sizes:
        for work, seconds in _at(bench, size, seed, month, repeats).items():
            lines, before = first.setdefault(work, (size, seconds))
            results.append(
                Result(
                    "增长", f"{work}：{size:,} 行", _shown(seconds), _shown(before),
                    seconds / before, None,
                    "" if size == lines else f"行数为 {lines:,} 的 {size / lines:.1f} 倍",
                )
            )  # fmt: skip
    return sorted(results, key=lambda result: result.what.split("：")[0])


def _at(bench: Bench, size: int, seed: float, month: date, repeats: int) -> dict[str, float]:
    """Seconds of each kind of work in a database of this size, which is dropped afterwards."""
    name = bench.new(f"grown{size}")
    databases.point_at(name)
    started = time.perf_counter()
    province.draw(size, seed)
    found = {"造数": time.perf_counter() - started}
    compute = [
        clocked(lambda: compute_month(month, by=month_job.ACTOR, at=timezone.now()))
        for _ in range(repeats + 1)
    ]
    found["首次月度计算（含新发预警）"] = compute[0]
    found["再次月度计算"] = Series(compute[1:]).median
    values = twin.parameters(month)
    found["底层汇总 SELECT"] = Series(
        [clocked(lambda: bases.read(values)) for _ in range(repeats)]
    ).median
    asked = lists.ask(name)
    found["列表一页 p95（所有范围）"] = (
        lists.p95([ms for scope in asked.values() for ms in scope.pages]) / 1000
    )
    found["限额计数 p95（最慢的范围）"] = (
        max(lists.p95(scope.counts) for scope in asked.values()) / 1000
    )
    bench.drop(name)
    return found


def _shown(seconds: float) -> str:
    return f"{seconds:.2f}s" if seconds >= 0.1 else f"{seconds * 1000:.2f}ms"
