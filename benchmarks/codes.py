"""CODES: a year's 追溯码 beside the drawn province: one code's way, the door's reading, 采集率.

Each delivery gets the same number of codes, one case for fifty packs; all were shipped, those of
delivered ones received. SQL time only, except for drawing.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from statistics import median
from typing import Any

from django.db import connection, connections

from benchmarks.lists import p95, scopes_asked
from benchmarks.results import Result
from organisations.queries.scope import Scope
from procurement.models import Delivery, ProductMark, TraceCode
from procurement.operations.code_shipments import CodeLoad, ShippedCode, code_faults
from procurement.queries.code_rates import collection_rates
from procurement.queries.codes import findings_of_code, way_of_code

WAY_MS = 10.0
RATES_SECONDS = 2.0
LOOKED_UP, DOORS, AT_ONCE = 200, 20, 200
STAMPS = "institution_id, manufacturer_id, distributor_id, county_id, city_id, province_id, pool_id"
MARKS = """
INSERT INTO procurement_productmark (kind, mark, product_id, manufacturer_id, bound_at, bound_by_name)
SELECT 'drug', to_char(1000000 + id, 'FM0000000'), id, manufacturer_id, now(), 'bench'
FROM catalog_product WHERE category = 'drug'
"""
CODES = f"""
INSERT INTO procurement_tracecode (code, kind, product_id, lot_no, is_case, parent_id, delivery_id,
                                   state, state_at, {STAMPS})
SELECT to_char(1000000 + d.product_id, 'FM0000000')
       || to_char((d.place - 1) * %(each)s + s.n + 1, 'FM0000000000000'),
       'drug', d.product_id, d.lot_no, s.n %% 50 = 0, NULL, d.id,
       CASE WHEN d.delivered_at IS NULL THEN 'shipped' ELSE 'received' END,
       COALESCE(d.delivered_at, d.recorded_at), {STAMPS}
FROM bench.coded d
CROSS JOIN generate_series(0, %(each)s - 1) AS s (n)
WHERE d.place BETWEEN %(first)s AND %(last)s
"""
"""Cases hold nothing here: reading a case is one more look-up by `parent_id`."""
EVENTS = f"""
INSERT INTO procurement_codeevent (trace_code_id, kind, at, delivery_id, note_no, by_name, {STAMPS})
SELECT k.id, e.kind, e.at, d.id, d.note_no, 'bench', {", ".join("d." + c for c in STAMPS.split(", "))}
FROM procurement_tracecode k
JOIN bench.coded d ON d.id = k.delivery_id
CROSS JOIN LATERAL (VALUES ('shipped', d.recorded_at), ('received', d.delivered_at)) AS e (kind, at)
WHERE e.at IS NOT NULL AND k.id BETWEEN %(first)s AND %(last)s
"""
CODED = """
CREATE UNLOGGED TABLE bench.coded AS
SELECT row_number() OVER (ORDER BY d.id) AS place, d.*
FROM procurement_delivery d JOIN catalog_product p ON p.id = d.product_id
WHERE p.category = 'drug'
"""
AT_A_TIME = 500_000
"""Rows of one statement: the server holds the deferred checks of each in memory until it commits."""
INDEXES = """
SELECT i.indexrelid::regclass::text, c.conname, pg_get_indexdef(i.indexrelid),
       pg_get_constraintdef(c.oid)
FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype = 'u'
WHERE i.indrelid = %s::regclass AND NOT i.indisprimary
"""


def measure(codes: int, month: date) -> list[Result]:
    """In the database that is open; it is filled with `codes` codes first."""
    began = time.perf_counter()
    drawn = draw(codes)
    spent = time.perf_counter() - began
    scopes = scopes_asked()
    chance = random.Random(11)  # noqa: S311 - any code will do
    ids = [chance.randint(*_ends()) for _ in range(LOOKED_UP)]
    known = list(TraceCode.objects.filter(pk__in=ids).values_list("code", flat=True))
    rows = []
    bare = [_sql_ms(lambda c=code: _bare(c)) for code in known]
    for name in ("最大的机构", "配送企业", "省"):
        ways = [_sql_ms(lambda c=code, s=scopes[name]: _way(s, c)) for code in known]
        rows.append(
            Result(
                "CODES", f"一个码的流向：{name}", f"{p95(ways):.2f}ms", f"{WAY_MS:.0f}ms",
                p95(ways) / WAY_MS, 1.0,
                f"{drawn:,} 个码，{len(known)} 次的 p95，含异常扫码；中位数 {median(ways):.2f}ms；"
                f"同时量的空跑（两次按唯一索引取一行）p95 {p95(bare):.2f}ms、中位数 {median(bare):.2f}ms，"
                "机器忙时一同变慢",
            )
        )  # fmt: skip
    doors = [_sql_ms(lambda s=sent: _door(s)) for sent in _deliveries(chance)]
    rows.append(
        Result(
            "CODES", f"登记前核对一次配送的 {AT_ONCE} 个码", f"{p95(doors):.2f}ms", "", None, None,
            f"{len(doors)} 次配送的 p95：产品标识、已登记的码、已有的个数",
        )
    )  # fmt: skip
    for name in ("最大的机构", "省"):
        seconds = _sql_ms(lambda s=scopes[name]: collection_rates(s, month)) / 1000
        rows.append(
            Result(
                "CODES", f"一个月的采集率：{name}", f"{seconds:.2f}s", f"{RATES_SECONDS:.0f}s",
                seconds / RATES_SECONDS, 1.0, f"{month:%Y-%m}，第二次；造数用时 {spent:.0f} 秒",
            )
        )  # fmt: skip
    return rows


def draw(codes: int) -> int:
    """Fill the tables as far as there are deliveries of drugs; gives how many codes there are.

    In pieces, each committed, while the tables have no index but the primary key: the indexes are
    built over all rows at the end, which costs a fraction of keeping them row by row.
    """
    with connections["owner"].cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench.coded")
        cursor.execute(CODED)
        cursor.execute("CREATE INDEX ON bench.coded (place)")
        cursor.execute("CREATE UNIQUE INDEX ON bench.coded (id)")
        cursor.execute("ANALYZE bench.coded")
        cursor.execute("SELECT count(*) FROM bench.coded")
        (deliveries,) = cursor.fetchone()
        each = -(-codes // deliveries)
        cursor.execute(MARKS)
        with _without_indexes(cursor, "procurement_tracecode"):
            step = max(AT_A_TIME // each, 1)
            for first in range(1, codes // each + 1, step):
                last = min(first + step - 1, codes // each)
                cursor.execute(CODES, {"each": each, "first": first, "last": last})
        cursor.execute("SELECT min(id), max(id), count(*) FROM procurement_tracecode")
        lowest, highest, made = cursor.fetchone()
        with _without_indexes(cursor, "procurement_codeevent"):
            for first in range(lowest, highest + 1, AT_A_TIME):
                cursor.execute(EVENTS, {"first": first, "last": first + AT_A_TIME - 1})
        cursor.execute("DROP TABLE bench.coded")
        for table in ("tracecode", "codeevent", "productmark"):
            cursor.execute(f"VACUUM ANALYZE procurement_{table}")
    return int(made)


@contextmanager
def _without_indexes(cursor: Any, table: str) -> Iterator[None]:
    """Only the primary key stays while rows are written; the rest is built again as it was."""
    cursor.execute(INDEXES, [table])
    found = cursor.fetchall()
    for index, constraint, _, _ in found:
        if constraint:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}"')
        else:
            cursor.execute(f"DROP INDEX {index}")
    yield
    for _, constraint, index_as, constraint_as in found:
        if constraint:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{constraint}" {constraint_as}')
        else:
            cursor.execute(index_as)


def _ends() -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id), max(id) FROM procurement_tracecode")
        first, last = cursor.fetchone()
    return int(first), int(last)


def _deliveries(chance: random.Random) -> list[Delivery]:
    ids = TraceCode.objects.filter(pk__in=[chance.randint(*_ends()) for _ in range(DOORS)])
    return list(Delivery.objects.filter(pk__in=ids.values("delivery_id")).select_related("product"))


def _way(scope: Scope, code: str) -> None:
    """As the page of a code reads."""
    list(way_of_code(scope, code))
    list(findings_of_code(scope, code))


def _bare(code: str) -> None:
    """As many round trips, without a way."""
    for _ in range(2):
        list(TraceCode.objects.filter(code=code))


def _door(sent: Delivery) -> None:
    """What is asked before codes of a delivery are registered: all of them are new."""
    mark = ProductMark.objects.filter(product=sent.product_id).values_list("mark", flat=True)[0]
    code_faults([CodeLoad(sent, [ShippedCode(f"{mark}9{n:012d}") for n in range(AT_ONCE)])])


def _sql_ms(work: Callable[[], object]) -> float:
    """Of the second time: the first warms what a page would find warm."""
    work()
    spent = 0.0

    def clock(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal spent
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent += time.perf_counter() - started

    with connection.execute_wrapper(clock):
        work()
    return spent * 1000
