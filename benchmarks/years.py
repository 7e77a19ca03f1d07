"""T12: the same month computed where one year is kept, and where three are."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from benchmarks import databases, month_job, province, twin
from benchmarks.results import Result
from benchmarks.setup import Bench
from benchmarks.timing import Series, clocked, interleaved
from monitoring.operations.compute_month import compute_month

YEARS = 3


def measure(
    bench: Bench, one_year: str, lines: int, seed: float, month: date, repeats: int
) -> list[Result]:
    """Copy the year's database, add the years before it, and compute the month in both in turns."""
    three_years = bench.new("years", one_year)
    databases.point_at(three_years)
    for year in range(province.LAST_YEAR - 1, province.LAST_YEAR - YEARS, -1):
        province.draw_year(lines, seed, year)
    works = {
        "one": lambda: _compute(one_year, month),
        "three": lambda: _compute(three_years, month),
        "bare_one": lambda: _read(one_year, month),
        "bare_three": lambda: _read(three_years, month),
    }
    series = interleaved(works, repeats)
    databases.point_at(one_year)
    bare = series["bare_three"].median / series["bare_one"].median
    return [
        Result(
            "T12", f"月度计算：{YEARS} 年数据比 1 年", _shown(series["three"]),
            _shown(series["one"]), series["three"].median / series["one"].median, 1.1,
            f"每年 {lines:,} 行，在本进程中计算（不经 Celery）。\n"
            f"同样期间的裸 SELECT：{YEARS} 年比 1 年 = {bare:.2f}；"
            "可替代药品采购比要读采购年度开始前 12 个月，只有一年数据时那里是空的。",
        )
    ]  # fmt: skip


def _compute(database: str, month: date) -> float:
    databases.point_at(database)
    return clocked(lambda: compute_month(month, by=month_job.ACTOR, at=timezone.now()))


def _read(database: str, month: date) -> float:
    databases.point_at(database)
    values = twin.parameters(month)
    return clocked(lambda: twin.read_bare(values))


def _shown(series: Series) -> str:
    return f"{series.median:.2f}s ({series.range_text})"
