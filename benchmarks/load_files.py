"""T8, the load: 100,000 order lines from CSV, beside raw COPY of the same rows and bulk_create."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connections, transaction

from benchmarks.province import LAST_YEAR, LINES_PER_ORDER, Size
from benchmarks.results import Result
from benchmarks.timing import Series, clocked, interleaved
from catalog.models import Batch, Product
from organisations.models import Organisation
from procurement.models import Order, OrderLine
from procurement.queries.line_facts import first_progress

LINES = 100_000
ORDERS = "orders.txt"
SQL = Path(__file__).parent / "sql" / "load_lines.sql"
MEGABYTE = 1024 * 1024
ZONE = ZoneInfo("Asia/Shanghai")


def measure(size: Size, repeats: int, lines: int = LINES) -> list[Result]:
    """The load of files that are new each time, the two baselines, and the peak memory."""
    peaks: list[int] = []
    numbers = count(1)

    def load() -> float:
        with _folder(size, lines, f"L{next(numbers)}-") as folder:
            seconds, peak = _load_apart(folder)
            peaks.append(peak)
            return seconds

    def bulk() -> float:
        with _folder(size, lines, f"B{next(numbers)}-") as folder:
            return clocked(lambda: _bulk_create(folder))

    with _whole_lines(lines) as whole, _folder(size, lines, "C-") as same:
        series = interleaved(
            {
                "load": load,
                "copy": lambda: clocked(lambda: _copy_raw(same, whole)),
                "index": _index_alone,
            },
            repeats,
        )
    slow = Series([bulk()])
    raw = series["copy"].median
    ours = series["load"]
    return [
        Result(
            "T8", f"load_dataset {lines:,} 行", _shown(ours), _shown(series["copy"]),
            ours.median / raw, 2.0,
            "对照：csv.reader 读两个文件，再把同样多的整行订单与订单行 COPY 到无索引、无约束的表。\n"
            "要求 2.0 是为 xlsx 定的（试验 1.56）；那里对照含读 xlsx，这里是 CSV，对照更快，要求更严。",
        ),
        Result(
            "T8", f"load_dataset 比只写入 {lines:,} 行及其进度", _shown(ours), _shown(series["index"]),
            ours.median / series["index"].median, None,
            "对照：把同样多、已有类型的订单行 INSERT 到在用的分区（9 个索引），再写各行的进度（7 个索引）；\n"
            "不读文件，不检查，不取编号。"
            f"仅此一步已是整个对照 COPY 的 {series['index'].median / raw:.2f} 倍",
        ),
        Result(
            "T8", "load_dataset 比 bulk_create", _shown(ours), _shown(slow),
            ours.median / slow.median, 0.25, "bulk_create 每批 1000 行，量一次，随后回滚",
        ),
        Result(
            "T8", "load_dataset 内存峰值（MB）", f"{max(peaks) / MEGABYTE:.0f}", "400",
            max(peaks) / MEGABYTE / 400, 1.0, "整个进程（含 Django）的最大常驻内存",
        ),
    ]  # fmt: skip


def _shown(series: Series) -> str:
    return f"{series.median:.2f}s ({series.range_text})"


@contextmanager
def _folder(size: Size, lines: int, prefix: str) -> Iterator[Path]:
    """A folder with orders.csv and order_lines.csv."""
    values = {
        **asdict(size),
        "orders": lines // LINES_PER_ORDER,
        "prefix": prefix,
        "first": f"{LAST_YEAR}-01-03",
    }
    with tempfile.TemporaryDirectory() as name, connections["owner"].cursor() as cursor:
        cursor.execute(SQL.read_text(), values)
        for table, file in (("load_order", "orders.csv"), ("load_line", "order_lines.csv")):
            with (Path(name) / file).open("wb") as stream:
                cursor.cursor.copy_expert(
                    f"COPY bench.{table} TO STDOUT (FORMAT csv, HEADER)", stream
                )
        cursor.execute("DROP TABLE bench.load_order, bench.load_line")
        yield Path(name)


def _load_apart(folder: Path) -> tuple[float, int]:
    """Seconds of the load and peak memory in bytes of a process that does nothing else."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load_once", str(folder)],
        cwd=settings.BASE_DIR, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise SystemExit(f"load_dataset 没有完成：\n{done.stderr[-2000:]}{done.stdout[-2000:]}")
    said = json.loads(done.stdout.splitlines()[-1])
    return said["seconds"], said["peak_bytes"]


def _rows(folder: Path, file: str) -> Iterator[list[str]]:
    with (folder / file).open(newline="", encoding="utf-8") as stream:
        reader = csv.reader(stream)
        next(reader)
        yield from reader


def _copy_raw(folder: Path, whole: Path) -> None:
    """Parse both files in Python, then COPY as many whole lines to a bare logged table."""
    for file in ("orders.csv", "order_lines.csv"):
        for _ in _rows(folder, file):
            pass
    with connections["owner"].cursor() as cursor, whole.open("rb") as stream:
        cursor.cursor.copy_expert("COPY bench.raw_line FROM STDIN", stream)
    with connections["owner"].cursor() as cursor, whole.with_name(ORDERS).open("rb") as stream:
        cursor.cursor.copy_expert("COPY bench.raw_order FROM STDIN", stream)


def _index_alone() -> float:
    """INSERT of the typed lines into the live partitions, then of their progress; rolled back."""
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        columns = ", ".join(
            f'"{field.column}"'
            for field in OrderLine._meta.local_concrete_fields
            if field.name != "id"
        )
        # Other keys, the same parties and times: nothing else about the rows changes.
        values = columns.replace('"order_id"', '"order_id" + 1000000000')
        seconds = clocked(
            lambda: cursor.execute(
                f"INSERT INTO procurement_orderline ({columns}) SELECT {values} FROM bench.typed_line"
            )
        ) + clocked(
            # Their own numbers: lines that were drawn have no progress.
            lambda: cursor.execute(first_progress("bench.typed_line", by="对照", children=False))
        )
        transaction.set_rollback(True, "owner")
    return seconds


@contextmanager
def _whole_lines(lines: int) -> Iterator[Path]:
    """Lines as the live table holds them, all columns, and the bare table to copy them to."""
    with tempfile.TemporaryDirectory() as name, connections["owner"].cursor() as cursor:
        path = Path(name) / "whole_lines.txt"
        with path.open("wb") as stream:
            cursor.cursor.copy_expert(
                f"COPY (SELECT * FROM procurement_orderline LIMIT {lines:d}) TO STDOUT", stream
            )
        with path.with_name(ORDERS).open("wb") as stream:
            cursor.cursor.copy_expert(
                f"COPY (SELECT * FROM procurement_order LIMIT {lines // LINES_PER_ORDER:d})"
                " TO STDOUT",
                stream,
            )
        cursor.execute("DROP TABLE IF EXISTS bench.raw_line, bench.raw_order, bench.typed_line")
        cursor.execute("CREATE TABLE bench.raw_line AS SELECT * FROM procurement_orderline LIMIT 0")
        cursor.execute("CREATE TABLE bench.raw_order AS SELECT * FROM procurement_order LIMIT 0")
        # Spread over the year as the files are.
        cursor.execute(
            # Lines that other targets left in work have their progress already.
            "CREATE TABLE bench.typed_line AS SELECT * FROM procurement_orderline l WHERE NOT EXISTS"
            " (SELECT FROM procurement_lineprogress p WHERE p.line_id = l.id)"
            " AND mod(id - 1, (SELECT count(*) FROM procurement_orderline) / %s) = 0 LIMIT %s",
            [lines, lines],
        )
        cursor.execute("ANALYZE bench.typed_line")
        yield path


def _bulk_create(folder: Path) -> None:
    """The same rows through models: look-ups in dictionaries, bulk_create of 1000; rolled back."""
    with transaction.atomic():
        parties = {o.code: o for o in Organisation.objects.select_related("region__parent")}
        products = {p.code: p for p in Product.objects.all()}
        batches = {b.code: b for b in Batch.objects.all()}
        orders = [
            _order(row, parties[row[1]], parties[row[2]]) for row in _rows(folder, "orders.csv")
        ]
        Order.objects.bulk_create(orders, batch_size=1000)
        by_no = {order.order_no: order for order in orders}
        OrderLine.objects.bulk_create(
            [
                _line(row, by_no[row[0]], products[row[2]], batches.get(row[3]))
                for row in _rows(folder, "order_lines.csv")
            ],
            batch_size=1000,
        )
        transaction.set_rollback(True)


def _order(row: list[str], institution: Any, distributor: Any) -> Order:
    region = institution.region
    county, city = (region, region.parent) if region.level == "county" else (None, region)
    return Order(
        order_no=row[0], institution=institution, distributor=distributor,
        sent_at=datetime.fromisoformat(row[3]).replace(tzinfo=ZONE), urgent=row[4] == "1",
        county=county, city=city, province_id=city.parent_id, pool_id=institution.pool_id,
    )  # fmt: skip


def _line(row: list[str], order: Order, product: Product, batch: Batch | None) -> OrderLine:
    return OrderLine(
        order=order, line_no=int(row[1]), ordered_at=order.sent_at, product=product,
        group_id=product.group_id, batch=batch, packs=Decimal(row[4]), unit_price=Decimal(row[5]),
        response=row[6], responded_at=datetime.fromisoformat(row[7]).replace(tzinfo=ZONE),
        response_due_at=order.sent_at + timedelta(hours=48),
        delivery_due_at=order.sent_at + timedelta(hours=72),
        manufacturer_id=product.manufacturer_id, distributor_id=order.distributor_id,
        institution_id=order.institution_id, county_id=order.county_id, city_id=order.city_id,
        province_id=order.province_id, pool_id=order.pool_id,
    )  # fmt: skip
