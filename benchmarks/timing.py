"""Repeated measurements of several things in turns, so that a busy neighbour hits them alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection


@dataclass
class Series:
    """Seconds of one thing, in the order in which they were measured."""

    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def range_text(self) -> str:
        return f"{min(self.seconds):.2f}–{max(self.seconds):.2f}"


def clocked(work: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def interleaved(works: Mapping[str, Callable[[], float]], repeats: int) -> dict[str, Series]:
    """Run all works in turns, `repeats` times after one round that is not counted.

    A work returns the seconds that count of it. The order turns round every other time.
    """
    series = {name: Series() for name in works}
    for work in works.values():
        work()
    for number in range(repeats):
        names = list(works)
        for name in names if number % 2 == 0 else reversed(names):
            series[name].seconds.append(works[name]())
    return series


@contextmanager
def statements_clocked() -> Iterator[list[float]]:
    """Seconds of each SQL statement inside."""
    found: list[float] = []

    def clock(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            found.append(time.perf_counter() - started)

    with connection.execute_wrapper(clock):
        yield found
