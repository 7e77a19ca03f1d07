"""T12: the same month computed where one year is kept, and where three are."""

from __future__ import annotations

from datetime import date

from django.db import connections
from django.utils import timezone

from benchmarks import databases, month_job, province, twin
from benchmarks.results import Result
from benchmarks.setup import Bench
from benchmarks.timing import Series, clocked, interleaved
from monitoring.indicators.rollup import COLUMNS
from monitoring.operations.compute_month import compute_month

YEARS = 3
# What is older than this is read by nothing but the substitutes' comparison with the year before.
UNREAD = (
    ("procurement_payment", "ordered_at", "supply_from"),
    ("procurement_return", "returned_at", "supply_from"),
    ("procurement_receipt", "received_at", "supply_from"),
    ("procurement_delivery", "recorded_at", "supply_from"),
    ("procurement_orderline", "ordered_at", "usual_from"),
    ("procurement_order", "sent_at", "usual_from"),
    ("complaints_complaint", "filed_at", "complaint_from"),
)
NOT_SUBSTITUTES = "AND product_id NOT IN (SELECT product_id FROM catalog_substitute)"
OF_OTHERS = {"procurement_return": NOT_SUBSTITUTES, "procurement_receipt": NOT_SUBSTITUTES}


def measure(
    bench: Bench, one_year: str, lines: int, seed: float, month: date, repeats: int
) -> list[Result]:
    """Copy the year's database, add the years before it, and compute the month in both in turns.

    What the definitions themselves read of the year before is kept in the one year's database too:
    the comparison is of what is kept, not of what is asked.
    """
    before = bench.new("before", one_year)
    databases.point_at(before)
    province.draw_year(lines, seed, province.LAST_YEAR - 1)
    three_years = bench.new("years", before)
    databases.point_at(three_years)
    for year in range(province.LAST_YEAR - 2, province.LAST_YEAR - YEARS, -1):
        province.draw_year(lines, seed, year)
    _keep_only_what_is_read(before, month)
    # Both are packed and analysed alike; rows that were drawn and then changed lie scattered.
    _pack(three_years)
    works = {
        "one": lambda: _compute(before, month),
        "three": lambda: _compute(three_years, month),
        "alone": lambda: _compute(one_year, month),
    }
    series = interleaved(works, min(repeats, 2))
    if _figures(before) != _figures(three_years):
        raise SystemExit("一年与三年数据算出的指标不同，比值没有意义")
    databases.point_at(one_year)
    alone = series["three"].median / series["alone"].median
    return [
        Result(
            "T12", f"月度计算：{YEARS} 年数据比 1 年", _shown(series["three"]),
            _shown(series["one"]), series["three"].median / series["one"].median, 1.1,
            f"每年 {lines:,} 行，在本进程中计算（不经 Celery）。一年数据另含定义要读的上年收货与退货"
            "（可替代药品在采购年度开始前 12 个月的）。\n"
            f"上年一行也没有时，3 年比 1 年 = {alone:.2f}",
        )
    ]  # fmt: skip


def _compute(database: str, month: date) -> float:
    databases.point_at(database)
    return clocked(lambda: compute_month(month, by=month_job.ACTOR, at=timezone.now()))


def _figures(database: str) -> tuple[int, str]:
    """How many figures there are, and a digest of them all."""
    databases.point_at(database)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*), md5(string_agg(md5(line), '' ORDER BY md5(line))) FROM ("
            f" SELECT concat_ws('|', {COLUMNS}) AS line FROM rollup.indicator_value) figures"
        )
        rows, digest = cursor.fetchone()
    return int(rows), str(digest)


def _keep_only_what_is_read(database: str, month: date) -> None:
    """Remove what the month's definitions do not read of the year before."""
    databases.point_at(database)
    values = twin.parameters(month)
    with connections["owner"].cursor() as cursor:
        for table, at, kept in UNREAD:
            cursor.execute(f"DELETE FROM {table} WHERE {at} < %({kept})s {OF_OTHERS.get(table, '')}",
                           values)  # fmt: skip
    _pack(database)


def _pack(database: str) -> None:
    databases.point_at(database)
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM (FULL, ANALYZE)")


def _shown(series: Series) -> str:
    return f"{series.median:.2f}s ({series.range_text})"
