"""`python -m benchmarks --lines N`: the platform against its targets, on this machine, now."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from datetime import date

from benchmarks.results import Result, table
from benchmarks.setup import Bench, prepared

TARGETS = (
    "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10", "T11", "T12", "SEARCH", "VOLUMES",
    "SIGNING", "QUEUES",
)  # fmt: skip
OWN = {"VOLUMES", "SIGNING", "RETENTION", "BULLETIN"}
"""Measured in a province of their own, whatever the number of order lines."""
BY_NAME = {"GROWTH", "RETENTION", "CODES", "BULLETIN"}
"""Measured only where they are asked for by name."""
GROWTH = "GROWTH"
MONTH = date(2025, 12, 1)
SMALLEST, LARGEST = 100_000, 10_000_000


def main() -> int:
    """Measure, print one table; 1 when a target was missed."""
    asked = _arguments()
    started = time.monotonic()
    asked.counts = {}
    with prepared() as bench:
        results = _volumes(bench, asked) + _signing(bench, asked) + _retention(bench, asked)
        results += _bulletin(bench, asked)
        if asked.only - OWN:
            results += _measure(bench, asked)
        print(_about(asked, bench))
        print(table(results))
    missed = sorted({result.code for result in results if result.missed})
    print(f"用时 {time.monotonic() - started:.0f} 秒；" + (
        f"未达标：{'、'.join(missed)}" if missed else "全部达标"
    ))  # fmt: skip
    return 1 if missed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="性能对照")
    parser.add_argument("--lines", type=int, default=300_000, help="一年的订单明细行数")
    parser.add_argument("--repeats", type=int, default=3, help="每项重复次数，取中位数")
    parser.add_argument("--seed", type=float, default=0.42, help="0 到 1，决定数据")
    parser.add_argument(
        "--sizes", default="100000,300000,1000000", help="--only GROWTH 时比较的各行数"
    )
    parser.add_argument(
        "--codes", type=int, default=1_000_000, help="--only CODES 时的追溯码个数，如 10000000"
    )
    parser.add_argument("--only", default=",".join(TARGETS), help="只量这些，如 T1,T2")
    asked = parser.parse_args()
    asked.only = {name.strip().upper() for name in asked.only.split(",")}
    if unknown := asked.only - {*TARGETS, *BY_NAME}:
        parser.error(
            f"没有 {'、'.join(sorted(unknown))}；可选 {'、'.join((*TARGETS, *sorted(BY_NAME)))}"
        )
    try:
        asked.sizes = sorted({int(size) for size in asked.sizes.split(",")})
    except ValueError:
        parser.error("--sizes 应为以逗号分隔的行数，如 100000,1000000")
    if not SMALLEST <= asked.sizes[0] <= asked.sizes[-1] <= 3 * LARGEST:
        parser.error(f"--sizes 应在 {SMALLEST} 与 {3 * LARGEST} 之间")
    if not SMALLEST <= asked.lines <= LARGEST:
        parser.error(f"--lines 应在 {SMALLEST} 与 {LARGEST} 之间")
    if not 1_000 <= asked.codes <= 3 * LARGEST:
        parser.error(f"--codes 应在 1000 与 {3 * LARGEST} 之间")
    if asked.repeats < 1:
        parser.error("--repeats 至少为 1")
    return asked


def _volumes(bench: Bench, asked: argparse.Namespace) -> list[Result]:
    """Its province is always the same, whatever the number of order lines."""
    from benchmarks import reporting

    if "VOLUMES" not in asked.only:
        return []
    _say("报量 …")
    return reporting.measure(bench, asked.seed, asked.repeats)


def _signing(bench: Bench, asked: argparse.Namespace) -> list[Result]:
    from benchmarks import signing

    if "SIGNING" not in asked.only:
        return []
    _say("签署 …")
    return signing.measure(bench, asked.seed)


def _retention(bench: Bench, asked: argparse.Namespace) -> list[Result]:
    from benchmarks import retention

    if "RETENTION" not in asked.only:
        return []
    _say("结余留用 …")
    return retention.measure(bench, asked.seed)


def _bulletin(bench: Bench, asked: argparse.Namespace) -> list[Result]:
    from benchmarks import bulletins

    if "BULLETIN" not in asked.only:
        return []
    _say("通报 …")
    return bulletins.measure(bench, asked.seed)


def _measure(bench: Bench, asked: argparse.Namespace) -> list[Result]:
    # Models are importable only after Django is set up.
    from benchmarks import (
        answers,
        dashboards,
        databases,
        exports,
        growth,
        live_fold,
        live_fresh,
        load_files,
        monthly,
        province,
        search,
        years,
    )

    one_year = bench.new("year")
    databases.point_at(one_year)
    _say(f"造数：{asked.lines:,} 行 …")
    size = province.draw(asked.lines, asked.seed)
    asked.counts = province.counts()
    results: list[Result] = []
    if asked.only & {"T1", "T2"}:
        _say("月度计算 …")
        results += monthly.measure(
            MONTH,
            asked.repeats,
            against_twin="T1" in asked.only,
            against_draft="T2" in asked.only,
        )
    if asked.only & {"T3", "T4"}:
        _say("增量更新 …")
        results += live_fold.measure(MONTH, asked.repeats)
    if "T5" in asked.only:
        _say("新鲜度 …")
        results += live_fresh.measure(MONTH)
    if "T6" in asked.only:
        _say("看板 …")
        results += dashboards.measure(MONTH, asked.lines)
    results += _lists(bench, asked, one_year)
    if "T9" in asked.only:
        _say("导出 …")
        results += exports.measure(MONTH, asked.repeats)
    if "T12" in asked.only:
        _say("三年数据 …")
        results += years.measure(bench, one_year, asked.lines, asked.seed, MONTH, asked.repeats)
    if "T8" in asked.only:
        _say("导入 …")
        results += load_files.measure(size, asked.repeats)
    if "SEARCH" in asked.only:
        _say("检索 …")
        # In a copy of its own: the other targets are measured on their own catalogue.
        found = bench.new("search", one_year)
        results += search.measure(found, asked.repeats)
        bench.drop(found)
        databases.point_at(one_year)
    results += _orders(bench, asked, one_year)
    results += _codes(asked)
    if "T11" in asked.only:
        # Last, because it changes lines.
        _say("答复 …")
        results += answers.measure()
    if GROWTH in asked.only:
        _say("增长 …")
        results += growth.measure(bench, asked.sizes, asked.seed, MONTH, asked.repeats)
        # Its own databases are gone.
        databases.point_at(one_year)
    return results


def _lists(bench: Bench, asked: argparse.Namespace, one_year: str) -> list[Result]:
    """T7 and QUEUES: both beside a database of a tenth of the lines."""
    from benchmarks import databases, lists, queues

    if not asked.only & {"T7", "QUEUES"}:
        return []
    results: list[Result] = []
    smaller = _smaller(bench, asked)
    if "T7" in asked.only:
        _say("列表 …")
        results += lists.measure(one_year, asked.lines, smaller)
    if "QUEUES" in asked.only:
        _say("工作台与总览 …")
        results += queues.measure(one_year, smaller)
    databases.point_at(one_year)
    return results


def _orders(bench: Bench, asked: argparse.Namespace, one_year: str) -> list[Result]:
    """T10 in a copy of its own: what it orders would be counted by the others."""
    from benchmarks import databases, orders

    if "T10" not in asked.only:
        return []
    _say("下单 …")
    ordered = bench.new("orders", one_year)
    databases.point_at(ordered)
    results = orders.measure(asked.repeats)
    bench.drop(ordered)
    databases.point_at(one_year)
    return results


def _codes(asked: argparse.Namespace) -> list[Result]:
    from benchmarks import codes

    if "CODES" not in asked.only:
        return []
    _say(f"追溯码：{asked.codes:,} 个 …")
    return codes.measure(asked.codes, MONTH)


def _smaller(bench: Bench, asked: argparse.Namespace) -> tuple[str, int] | None:
    """A database of a tenth of the lines (at least the smallest size), where that is fewer."""
    from benchmarks import databases, province

    fewer = max(SMALLEST, asked.lines // 10)
    if fewer >= asked.lines:
        return None
    name = bench.new("smaller")
    databases.point_at(name)
    province.draw(fewer, asked.seed)
    return name, fewer


def _about(asked: argparse.Namespace, bench: Bench) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
        cursor.execute("SHOW shared_buffers")
        buffers = cursor.fetchone()[0]
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    rows = "，".join(f"{name} {number:,}" for name, number in asked.counts.items()) or "固定的一省"
    return (
        f"\n机器：{os.cpu_count()} 核，{memory:.0f} GB，{platform.machine()}，"
        f"负载 {os.getloadavg()[0]:.1f}；Python {platform.python_version()}，"
        f"PostgreSQL {version}，shared_buffers {buffers}\n"
        f"数据：{rows}；种子 {asked.seed}；月份 {MONTH:%Y-%m}；每项 {asked.repeats} 次，轮流，中位数（最小–最大）\n"
    )


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


sys.exit(main())
