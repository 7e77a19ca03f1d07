"""T3 and T4: what a fold costs beside a rebuild, and that it gives the same."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import connection, transaction

from benchmarks import live_writes, month_job
from benchmarks.results import Result
from benchmarks.timing import Series, clocked
from monitoring.indicators.cut import MonthCut
from monitoring.models import LiveMonth
from monitoring.operations.live.keep_current import Kept, keep_current
from monitoring.operations.live.rebuild import count_different, rebuild
from monitoring.operations.live.session import take_snapshot

SHARES = {0.001: 0.015, 0.01: 0.10}
"""Of the month's lines new since the last fold, and what a fold may cost of a rebuild."""

MUCH = 0.11


class Day:
    """Minutes of one afternoon of the month, one after the other."""

    def __init__(self, month: date) -> None:
        self.month = month
        self.at = MonthCut(month).start + timedelta(days=19, hours=10)
        self.since = MonthCut(month).start
        self.number = 0

    def write(self, share: float) -> int:
        lines = max(1, round(share * LiveMonth.objects.get().lines))
        self.number += 1
        live_writes.write(lines, self.since, self.at + timedelta(seconds=30), self.number)
        return lines

    def keep(self) -> Kept:
        self.at += timedelta(minutes=1)
        return keep_current(by=month_job.ACTOR, at=self.at)

    def rebuild(self) -> None:
        self.at += timedelta(minutes=1)
        with transaction.atomic(), connection.cursor() as cursor:
            take_snapshot(cursor)
            rebuild(cursor, MonthCut(self.month, self.at), at=self.at)


def measure(month: date, repeats: int) -> list[Result]:
    """Folds of several shares and rebuilds in turns, then the comparison of what was folded."""
    day = Day(month)
    day.keep()
    full = Series()
    folds = {share: Series() for share in SHARES}
    counted: dict[float, int] = {}
    much = Series()
    for turn in range(repeats + 1):
        seconds = {}
        for share in SHARES:
            counted[share] = day.write(share)
            seconds[share] = clocked(lambda: _folded(day.keep()))
        whole = clocked(day.rebuild)
        day.write(MUCH)
        rebuilt = clocked(lambda: _rebuilt(day.keep()))
        if turn:
            full.seconds.append(whole)
            much.seconds.append(rebuilt)
            for share, taken in seconds.items():
                folds[share].seconds.append(taken)
    results = [
        Result(
            "T3", f"增量更新：{share:.1%} 新行（{counted[share]} 行，另收货同数）",
            _shown(folds[share]), _shown(full), folds[share].median / full.median, target,
            "对照：整月重建（含增量更新所用的底表）",
        )
        for share, target in SHARES.items()
    ]  # fmt: skip
    results.append(
        Result(
            "T3", f"{MUCH:.0%} 新行：自行改为重建", _shown(much), _shown(full),
            much.median / full.median, 1.1,
        )
    )  # fmt: skip
    return [*results, _compare(day)]


def _compare(day: Day) -> Result:
    """T4: fold three times more, then rebuild at the same cut and count what differs."""
    for share in (0.002, 0.01, 0.005):
        day.write(share)
        _folded(day.keep())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bench_folded ON COMMIT DROP AS TABLE rollup.live_value")
        rows = cursor.rowcount
        rebuild(cursor, MonthCut(day.month, day.at), at=day.at)
        different = count_different(cursor, "bench_folded", "rollup.live_value")
    return Result(
        "T4", "增量更新与重建逐行比较，不同的行", str(different), f"{rows} 行", float(different), 0,
        "另有 pytest：随机省份上任意写入与时间推移之后逐行相同（tests/monitoring/live）",
    )  # fmt: skip


def _folded(kept: Kept) -> None:
    if kept.did != "folded":
        raise SystemExit(f"应为增量更新，实际：{kept}")


def _rebuilt(kept: Kept) -> None:
    if kept.did != "rebuilt":
        raise SystemExit(f"应为重建，实际：{kept}")


def _shown(series: Series) -> str:
    return f"{series.median:.2f}s ({series.range_text})"


def moment(month: date) -> datetime:
    """When the afternoon begins."""
    return Day(month).at
