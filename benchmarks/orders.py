"""T10: orders of 30 lines per second beside psycopg2's bare insert, four at a time in one process."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import psycopg2
from django.conf import settings
from django.db import connection, connections
from psycopg2.extras import execute_values

from benchmarks.results import Result
from catalog.models import Product
from organisations.models import Organisation, User
from organisations.queries.scope import scope_of
from procurement.operations.order_checks import CheckedRow, check_rows
from procurement.operations.order_row import OrderRow
from procurement.operations.place_orders import place_orders, write_orders

AT = datetime(2025, 12, 15, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
LINES, AT_ONCE, SECONDS = 30, 4, 4.0
MOST = 4.0
"""The target is a quarter of the bare insert's orders per second."""
MOST_WAL = 1.4
"""Of a transaction that keeps the roll-ups' notes, beside the same one that keeps none."""
ROUND = 50
"""Transactions of one round in which WAL is counted."""
LISTED = """
INSERT INTO catalog_listing (product_id, listed_on, since, state_at, state_by_name)
SELECT id, DATE '2025-01-01', DATE '2025-01-01', now(), 'bench' FROM catalog_product
ON CONFLICT DO NOTHING
"""
PRICED = """
INSERT INTO catalog_listedprice (product_id, price, valid_from, source)
SELECT id, listed_price, DATE '2025-01-01', 'bench' FROM catalog_product
WHERE NOT EXISTS (SELECT 1 FROM catalog_listedprice l WHERE l.product_id = catalog_product.id)
"""
AGREED = """
SELECT institution_id, distributor_id, array_agg(DISTINCT product_id) FROM contracts_agreementline
WHERE distributor_signed_at IS NOT NULL AND ended_at IS NULL
GROUP BY 1, 2 HAVING count(DISTINCT product_id) >= 3 ORDER BY count(DISTINCT product_id) DESC LIMIT 1
"""
HEAD = """
INSERT INTO procurement_order (order_no, sent_at, urgent, receiving_place, distributor_id,
    institution_id, county_id, city_id, province_id, pool_id)
VALUES (%s, %s, FALSE, '药库', %s, %s, %s, %s, %s, %s) RETURNING id
"""
LINE = """
INSERT INTO procurement_orderline (order_id, line_no, ordered_at, product_id, group_id, batch_id,
    packs, unit_price, response, reject_reason, response_due_at, delivery_due_at, manufacturer_id,
    distributor_id, institution_id, county_id, city_id, province_id, pool_id) VALUES %s
"""

NOTES = "ALTER TABLE procurement_orderline {} TRIGGER note_insert"
"""All that an order does for the roll-ups: monitoring's note of each new line."""


def measure(repeats: int) -> list[Result]:
    """Rounds of the five in turns, by their median of orders per second; then the upkeep's WAL."""
    world = _World()
    works: dict[str, Callable[[int], Callable[[], None]]] = {
        "bare": world.bare, "write": world.write, "bare_split": world.bare_split,
        "write_split": world.write_split, "place": world.place,
    }  # fmt: skip
    rates: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(repeats + 1):
        for name, work in works.items():
            rate = _per_second(work)
            if turn:
                rates[name].append(rate)
    median = {name: sorted(found)[len(found) // 2] for name, found in rates.items()}
    shown = {
        name: f"{median[name]:.0f}/s ({min(found):.0f}–{max(found):.0f})"
        for name, found in rates.items()
    }
    told = (
        f"{LINES} 行一单，{AT_ONCE} 个线程，各 {SECONDS:.0f} 秒；对照只写订单与订单行，触发器相同"
    )
    return [
        Result(
            "T10", "写入订单（行、进度、审计、待办、通知）比 psycopg2 裸写", shown["write"],
            shown["bare"], median["bare"] / median["write"], MOST, told,
        ),
        Result(
            "T10", f"同样 {LINES} 行分给 {world.heads} 家配送企业，写成 {world.heads} 张订单",
            shown["write_split"], shown["bare_split"],
            median["bare_split"] / median["write_split"], None,
            f"每次提交；对照也写 {world.heads} 张订单。待办、通知、审计各 {world.heads} 条",
        ),
        Result(
            "T10", "整个下单（另含价格、协议、配送、停用、超量各项检查）", shown["place"],
            shown["bare_split"], median["bare_split"] / median["place"], None,
            "检查是每次提交一组固定条数的读取，与行数无关；对照不做检查，故不设要求",
        ),
        *_upkeep(world, repeats),
    ]  # fmt: skip


def _upkeep(world: _World, repeats: int) -> list[Result]:
    """What the roll-ups cost an order: the same transaction with its notes and without them.

    One session, with and without in turns; the median round of each. Nothing else of an order is
    for the roll-ups: their summaries are folded later, by a job.
    """
    works = {"bare": world.bare(0), "write": world.write(0)}
    found: dict[tuple[str, bool], list[tuple[float, float]]] = {}
    for turn in range(repeats + 1):
        for name, step in works.items():
            for kept in (True, False):
                with _notes(kept):
                    spent = _round(step)
                if turn:
                    found.setdefault((name, kept), []).append(spent)
    size = {key: statistics.median(wal for wal, _ in rounds) for key, rounds in found.items()}
    taken = {key: statistics.median(time for _, time in rounds) for key, rounds in found.items()}

    def shown(name: str, kept: bool) -> str:
        return f"{size[name, kept] / 1024:.1f} KB"

    def told(name: str) -> str:
        speed = taken[name, False] / taken[name, True]
        return (
            f"{LINES} 行一单，一个会话，每轮 {ROUND} 单，带与不带变动记录轮流；"
            f"每秒单数为不带时的 {speed:.2f} 倍（要求不低于 0.8，机器忙时波动大于差别）"
        )

    return [
        Result(
            "T10", "汇总维护：裸写订单与订单行，带变动记录比不带，每单 WAL", shown("bare", True),
            shown("bare", False), size["bare", True] / size["bare", False], MOST_WAL, told("bare"),
        ),
        Result(
            "T10", "汇总维护：写入订单的整个事务，带变动记录比不带，每单 WAL", shown("write", True),
            shown("write", False), size["write", True] / size["write", False], MOST_WAL,
            told("write"),
        ),
    ]  # fmt: skip


@contextmanager
def _notes(kept: bool) -> Iterator[None]:
    """The order lines as they are, or while nobody notes what is written to them."""
    if kept:
        yield
        return
    with connections["owner"].cursor() as cursor:
        cursor.execute(NOTES.format("DISABLE"))
        try:
            yield
        finally:
            cursor.execute(NOTES.format("ENABLE"))


def _round(step: Callable[[], None]) -> tuple[float, float]:
    """Bytes of WAL and seconds of one transaction, over a round of them."""
    step()
    begun, before = time.perf_counter(), _wal()
    for _ in range(ROUND):
        step()
    return (_wal() - before) / ROUND, (time.perf_counter() - begun) / ROUND


def _wal() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")
        return int(cursor.fetchone()[0])


def _per_second(work: Callable[[int], Callable[[], None]]) -> float:
    done: list[int] = []
    until = time.perf_counter() + SECONDS

    def run(number: int) -> None:
        try:
            step, made = work(number), 0
            while time.perf_counter() < until:
                step()
                made += 1
            done.append(made)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(done) != AT_ONCE:
        raise SystemExit("T10：有线程没有做完")
    return sum(done) / SECONDS


class _World:
    """One hospital whose products are listed, its clerk, and thirty rows that may be ordered."""

    numbers = count(1)

    def __init__(self) -> None:
        with connections["owner"].cursor() as cursor:
            cursor.execute("ALTER TABLE catalog_listing DISABLE TRIGGER USER")
            cursor.execute(LISTED)
            cursor.execute("ALTER TABLE catalog_listing ENABLE TRIGGER USER")
            cursor.execute(PRICED)
        with connection.cursor() as cursor:
            cursor.execute(AGREED)
            institution, distributor, agreed = cursor.fetchone()
        self.hospital = Organisation.objects.select_related("region__parent__parent").get(
            pk=institution
        )
        self.distributor: int = distributor
        self.clerk = User.objects.create(
            username="bench-clerk",
            name="测试",
            organisation=self.hospital,
            roles=["clerk"],
            created_at=AT,
        )
        self.rows = self._orderable(agreed)
        self.checked: list[CheckedRow] = check_rows(
            institution=self.hospital, rows=self.rows, urgent=False, at=AT, confirmed=True
        )
        self.heads = len({row.distributor_id for row in self.checked})
        # The target is one order of thirty lines; by themselves these rows go to several.
        self.single = [replace(row, distributor_id=distributor) for row in self.checked]

    def _orderable(self, agreed: list[int]) -> list[OrderRow]:
        """Products of agreements, as many as there are of one institution up to thirty."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT product_id FROM contracts_agreementline WHERE institution_id = %s "
                "AND distributor_signed_at IS NOT NULL AND ended_at IS NULL LIMIT %s",
                [self.hospital.pk, LINES],
            )
            ids = [row[0] for row in cursor.fetchall()]
        products = Product.objects.filter(pk__in=ids).select_related("manufacturer")
        rows = [OrderRow(product, Decimal(3)) for product in products]
        if len(rows) < LINES:
            raise SystemExit(f"T10：这份数据里一家机构只有 {len(rows)} 个协议产品，不足 {LINES}")
        return rows

    def bare(self, number: int) -> Callable[[], None]:
        return self._bare(self.single)

    def bare_split(self, number: int) -> Callable[[], None]:
        return self._bare(self.checked)

    def _bare(self, checked: Sequence[CheckedRow]) -> Callable[[], None]:
        """psycopg2 alone: the heads and the lines, one commit."""
        given = settings.DATABASES["default"]
        raw = psycopg2.connect(
            dbname=given["NAME"], user=given["USER"], password=given["PASSWORD"],
            host=given["HOST"], port=given["PORT"],
        )  # fmt: skip
        place = self.hospital
        region = place.region
        assert region is not None
        county = region.pk if region.level == "county" else None
        city = region.parent_id if county else region.pk
        ends = (county, city, 1, place.pool_id)
        distributors = list(dict.fromkeys(row.distributor_id for row in checked))

        def step() -> None:
            with raw, raw.cursor() as cursor:
                orders = {}
                for distributor in distributors:
                    head = (f"B{next(self.numbers)}", AT, distributor, place.pk, *ends)
                    cursor.execute(HEAD, head)
                    orders[distributor] = cursor.fetchone()[0]
                rows: list[tuple[Any, ...]] = [
                    (orders[row.distributor_id], line_no, AT, row.product.pk, row.product.group_id,
                     row.batch_id, row.packs, row.price, "", "", row.response_due_at,
                     row.delivery_due_at, row.product.manufacturer_id, row.distributor_id,
                     place.pk, *ends)
                    for line_no, row in enumerate(checked, start=1)
                ]  # fmt: skip
                execute_values(cursor, LINE, rows)

        return step

    def write(self, number: int) -> Callable[[], None]:
        return self._write(self.single)

    def write_split(self, number: int) -> Callable[[], None]:
        return self._write(self.checked)

    def _write(self, checked: Sequence[CheckedRow]) -> Callable[[], None]:
        def step() -> None:
            key = f"W{next(self.numbers)}"
            write_orders(
                institution=self.hospital, checked=checked, number=key, digest="0" * 64,
                urgent=False, place="药库", by=self.clerk, at=AT,
            )  # fmt: skip

        return step

    def place(self, number: int) -> Callable[[], None]:
        scope = scope_of(self.clerk, AT.date())

        def step() -> None:
            place_orders(
                institution=self.hospital, rows=self.rows, client_no=f"P{next(self.numbers)}",
                urgent=False, receiving_place="药库", by=self.clerk, scope=scope,
                at=AT + timedelta(seconds=1), confirmed=True,
            )  # fmt: skip

        return step
