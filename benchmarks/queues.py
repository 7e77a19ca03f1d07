"""QUEUES: the pages that people of 供 work in all day, whole, in a year of order lines.

The largest party of each kind asks for its page through Django's test client, at the end of the
drawn year: the SQL of the request, its slowest statement, and the whole of it with the template.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from unittest import mock

from django.db import connections
from django.test import Client

from benchmarks import databases
from benchmarks.dashboards import province_bureau
from benchmarks.lists import p95
from benchmarks.province import LAST_YEAR
from benchmarks.results import Result
from benchmarks.timing import clocked, statements_clocked
from organisations.models import User
from procurement.models import LineProgress
from procurement.queries.line_facts import first_progress
from procurement.queries.progress_differences import PART, find_differences
from procurement.states.order_line import UNDER_WAY

ROUNDS = 20
STATEMENT_MS = 10.0
"""Of every statement of a list, as T7 has it."""
PAGE_MS = 2000.0
"""Of all statements of a page that computes: what may take longer is a job."""
NOW = datetime(LAST_YEAR, 12, 31, 4, tzinfo=UTC)
COMPUTED = {"医院的采购车", "生产企业的产品需求", "省的供应总览", "省的基层覆盖"}
NIGHT_TIMES = 6.0
"""Of reading the facts; a comparison of each line with each sum would take a thousand times."""
FACTS = """
SELECT (SELECT sum(packs) FROM procurement_orderline),
       (SELECT sum(packs) FROM procurement_delivery),
       (SELECT sum(accepted_packs) FROM procurement_receipt),
       (SELECT sum(packs) FROM procurement_return),
       (SELECT sum(amount) FROM procurement_payment)
"""
PARTITIONS = """
SELECT inhrelid::regclass::text FROM pg_inherits
WHERE inhparent = 'procurement_orderline'::regclass ORDER BY 1
"""


@dataclass
class Asked:
    """Milliseconds of each request of one page: its SQL, its slowest statement, all of it."""

    sql: list[float] = field(default_factory=list)
    slowest: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    statements: int = 0


def measure(database: str, smaller: tuple[str, int] | None) -> list[Result]:
    """Each list's slowest statement, each computed page's SQL; beside a tenth of the lines."""
    found = ask(database)
    before: dict[str, Asked] = {}
    if smaller is not None:
        before = ask(smaller[0])
        databases.point_at(database)
    rows = [_result(name, asked, before.get(name), smaller) for name, asked in found.items()]
    return [*rows, _night()]


def _night() -> Result:
    """The nightly comparison of all progress with the facts, beside reading the facts once a part."""
    parts = -(-(LineProgress.objects.order_by("-pk").values_list("pk", flat=True)[0]) // PART)
    with connections["owner"].cursor() as cursor:
        bare = parts * clocked(lambda: cursor.execute(FACTS))
    spent = clocked(lambda: list(find_differences()))
    return Result(
        "QUEUES", "夜间核对执行进度", f"{spent:.2f}s", f"{bare:.2f}s", spent / bare, NIGHT_TIMES,
        f"{parts} 段，每段 {PART:,} 行；对照是每段把订单行、配送、收货、退货、付款各读一遍",
    )  # fmt: skip


def _result(
    name: str, asked: Asked, before: Asked | None, smaller: tuple[str, int] | None
) -> Result:
    what, ours, most = "最慢的语句", p95(asked.slowest), STATEMENT_MS
    if name in COMPUTED:
        what, ours, most = "全部语句", p95(asked.sql), PAGE_MS
    return Result(
        "QUEUES", f"{name}：{what}", f"{ours:.2f}ms", f"{most:.0f}ms", ours / most, 1.0,
        _note(asked, before, smaller),
    )  # fmt: skip


def _note(asked: Asked, before: Asked | None, smaller: tuple[str, int] | None) -> str:
    text = (
        f"{asked.statements} 条语句，SQL 合计 p95 {p95(asked.sql):.1f}ms，"
        f"连同页面 {p95(asked.whole):.0f}ms"
    )
    if before is not None and smaller is not None:
        text += f"；{smaller[1]:,} 行时 SQL {p95(before.sql):.1f}ms"
    return text


def ask(database: str) -> dict[str, Asked]:
    """Every page in turns, after one round that is not counted."""
    databases.point_at(database)
    _keep_progress()
    with mock.patch("django.utils.timezone.now", lambda: NOW):
        pages = _pages()
        found = {name: Asked() for name, _, _ in pages}
        for turn in range(ROUNDS + 1):
            for name, client, address in pages:
                with statements_clocked() as spent:
                    started = time.perf_counter()
                    answer = client.get(address)
                    whole = time.perf_counter() - started
                if answer.status_code != 200:
                    raise SystemExit(
                        f"{name} {address}：{answer.status_code} {answer.headers.get('Location', '')}"
                    )
                if turn:
                    asked = found[name]
                    asked.sql.append(sum(spent) * 1000)
                    asked.slowest.append(max(spent) * 1000)
                    asked.whole.append(whole * 1000)
                    asked.statements = len(spent)
    return found


def _keep_progress() -> None:
    """What the load keeps of lines under way; the drawn ones come past it."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM procurement_lineprogress)")
        if cursor.fetchone()[0]:
            return
        cursor.execute(PARTITIONS)
        for (partition,) in cursor.fetchall():
            cursor.execute(first_progress(partition, by="性能对照", children=True))
        cursor.execute("VACUUM (ANALYZE) procurement_lineprogress")


def _pages() -> list[tuple[str, Client, str]]:
    """(name, who asks, address) of each page."""
    hospital = _client(_busiest("institution_id"), "q-hospital")
    distributor = _client(_busiest("distributor_id"), "q-distributor")
    manufacturer = _client(_busiest("manufacturer_id"), "q-manufacturer")
    province = _client(province_bureau().pk, "q-province")
    product = _ranked_product()
    bound = f"since={(NOW - timedelta(days=90)):%Y-%m-%d}&until={NOW:%Y-%m-%d}"
    return [
        ("配送工作台", distributor, "/supply/queue/"),
        ("配送工作台：逾期", distributor, "/supply/queue/?stage=late"),
        ("配送工作台：第 2 页", distributor, "/supply/queue/?page=2"),
        ("配送企业的订单行", distributor, f"/supply/lines/?{bound}"),
        ("医院待收货", hospital, "/receipts/"),
        ("医院的订单", hospital, f"/orders/?{bound}"),
        ("医院的采购车", hospital, "/orders/cart/"),
        ("医院的新采购计划", hospital, "/orders/plans/new/"),
        ("生产企业的产品需求", manufacturer, f"/supply/demand/?product={product}"),
        ("省的供应总览", province, "/supply/overview/"),
        ("省的订单行", province, f"/supply/lines/?{bound}"),
        ("省的基层覆盖", province, f"/supply/coverage/?month={NOW:%Y-%m}"),
    ]


def _busiest(column: str) -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            f"SELECT {column} FROM procurement_lineprogress WHERE state = ANY(%s)"
            f" GROUP BY {column} ORDER BY count(*) DESC, {column} LIMIT 1",
            [list(UNDER_WAY)],
        )
        return int(cursor.fetchone()[0])


def _ranked_product() -> str:
    """The busiest product of the busiest manufacturer."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT p.code FROM procurement_lineprogress l JOIN catalog_product p"
            " ON p.id = l.product_id WHERE l.manufacturer_id = %s"
            " GROUP BY p.code ORDER BY count(*) DESC, p.code LIMIT 1",
            [_busiest("manufacturer_id")],
        )
        return str(cursor.fetchone()[0])


def _client(organisation_id: int, username: str) -> Client:
    user, _ = User.objects.get_or_create(
        username=username, defaults={
            "organisation_id": organisation_id, "roles": ["clerk", "storekeeper"], "name": "性能对照",
            "created_at": NOW - timedelta(days=9), "password_changed_at": NOW,
        },
    )  # fmt: skip
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client
