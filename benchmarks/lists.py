"""T7: pages of order lines, newest first, for every scope that has such a list.

The platform's own visibility, 90-day bound and keyset paging; SQL time only, as the client waits
for it. Each scope is asked for its first page and for pages at random depth, and counted capped.
"""

from __future__ import annotations

import base64
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection, connections

from benchmarks import databases
from benchmarks.province import LAST_YEAR
from benchmarks.results import Result
from core.lists.keyset import COUNT_CAP, capped_count, keyset_page
from organisations.queries.scope import Scope
from procurement.queries.visible import visible_order_lines

PAGES = 40
COUNTS = 10
DAYS = 90
UNTIL = datetime(LAST_YEAR, 12, 31, 16, tzinfo=UTC)
ORDER = ("ordered_at", "id")
PAGE_MS, COUNT_MS, GROWTH = 10.0, 5.0, 2.5


@dataclass
class Asked:
    """Milliseconds of SQL of each request of one scope."""

    pages: list[float] = field(default_factory=list)
    counts: list[float] = field(default_factory=list)


def measure(database: str, lines: int, smaller: tuple[str, int] | None) -> list[Result]:
    """p95 per scope against the targets; and how it grew since the `smaller` database."""
    found = ask(database)
    rows = [
        Result(
            "T7", f"订单行列表：{name}", f"{p95(asked.pages):.2f}ms", f"{PAGE_MS:.0f}ms",
            p95(asked.pages) / PAGE_MS, 1.0,
            f"每页 50 行，首页与随机深度共 {len(asked.pages)} 页的 p95；"
            f"限 {COUNT_CAP:,} 的计数 p95 {p95(asked.counts):.2f}ms",
        )
        for name, asked in found.items()
    ]  # fmt: skip
    slowest = max(p95(asked.counts) for asked in found.values())
    rows.append(
        Result(
            "T7", "限额计数（最慢的范围）", f"{slowest:.2f}ms", f"{COUNT_MS:.0f}ms",
            slowest / COUNT_MS, 1.0,
        )
    )  # fmt: skip
    if smaller is not None:
        name, fewer = smaller
        before = ask(name)
        databases.point_at(database)
        large, small = (
            p95([ms for asked in some.values() for ms in asked.pages]) for some in (found, before)
        )
        rows.append(
            Result(
                "T7", f"列表：{lines:,} 行比 {fewer:,} 行", f"{large:.2f}ms", f"{small:.2f}ms",
                large / small, GROWTH, "所有范围的所有页合并的 p95",
            )
        )  # fmt: skip
    return rows


def ask(database: str, seed: int = 7) -> dict[str, Asked]:
    """Every scope's requests in turns, after one round that is not counted."""
    databases.point_at(database)
    scopes = scopes_asked()
    chance = random.Random(seed)  # noqa: S311 - any depth will do
    found = {name: Asked() for name in scopes}
    for turn in range(PAGES + 1):
        for name, scope in scopes.items():
            cursor = "" if turn % 2 == 0 else _cursor(chance)
            page_ms = _sql_ms(lambda s=scope, c=cursor: _page(s, c))  # type: ignore[misc]
            if turn:
                found[name].pages.append(page_ms)
            if turn <= COUNTS:
                count_ms = _sql_ms(lambda s=scope: _count(s))  # type: ignore[misc]
                if turn:
                    found[name].counts.append(count_ms)
    return found


def p95(values: list[float]) -> float:
    """The value that 95 % of the values do not exceed."""
    return sorted(values)[max(0, -(-len(values) * 95 // 100) - 1)]


def _rows(scope: Scope) -> Any:
    return visible_order_lines(scope).filter(
        ordered_at__gte=UNTIL - timedelta(days=DAYS), ordered_at__lt=UNTIL
    )


def _page(scope: Scope, cursor: str) -> None:
    keyset_page(_rows(scope), order=ORDER, cursor=cursor)


def _count(scope: Scope) -> None:
    capped_count(_rows(scope), order=ORDER)


def _cursor(chance: random.Random) -> str:
    """What the link to older rows holds, at a random moment of the bound."""
    at = UNTIL - timedelta(seconds=chance.randrange(DAYS * 86400))
    text = json.dumps(["o", at.isoformat(), 0])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _sql_ms(work: Callable[[], object]) -> float:
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


def scopes_asked() -> dict[str, Scope]:
    """The largest and the median institution, and the largest of every other kind."""
    return {
        "最大的机构": _institution(_ranked("institution_id", 0)),
        "中等的机构": _institution(_ranked("institution_id", 0.5)),
        "医共体牵头机构": _lead(),
        "县": _bureau("county", _ranked("county_id", 0)),
        "市": _bureau("city", _ranked("city_id", 0)),
        "省": _bureau("province", 1),
        "统筹区经办机构": _scope(organisation_id=0, kind="agency", pool_id=_ranked("pool_id", 0)),
        "生产企业": _enterprise(_ranked("manufacturer_id", 0), is_manufacturer=True),
        "配送企业": _enterprise(_ranked("distributor_id", 0), is_distributor=True),
    }


def _ranked(column: str, place: float) -> int:
    """The party at this place (0 to 1) when ranked by its lines, most first."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            f"SELECT {column} FROM procurement_orderline WHERE {column} IS NOT NULL"
            f" GROUP BY {column} ORDER BY count(*) DESC, {column}"
        )
        ranked = [row[0] for row in cursor.fetchall()]
    return int(ranked[int(place * (len(ranked) - 1))])


def _scope(**values: Any) -> Scope:
    return Scope(
        user_id=0, roles=frozenset(), platform_role="", on=date(LAST_YEAR, 12, 31), **values
    )


def _institution(institution_id: int) -> Scope:
    return _scope(
        organisation_id=institution_id,
        kind="institution",
        institution_ids=frozenset({institution_id}),
    )


def _lead() -> Scope:
    """The lead of the consortium whose members ordered most."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT c.lead_id, array_agg(DISTINCT m.institution_id)"
            " FROM organisations_consortium c"
            " JOIN organisations_consortiummembership m ON m.consortium_id = c.id"
            " JOIN procurement_orderline l ON l.institution_id = m.institution_id"
            " GROUP BY c.lead_id ORDER BY count(*) DESC, 1 LIMIT 1"
        )
        lead, members = cursor.fetchone()
    return _scope(
        organisation_id=lead, kind="institution", institution_ids=frozenset([lead, *members])
    )


def _bureau(level: str, region_id: int) -> Scope:
    return _scope(
        organisation_id=0,
        kind="bureau",
        region_id=region_id,
        region_level=level,
        **{f"{level}_id": region_id},
    )


def _enterprise(organisation_id: int, **kind: bool) -> Scope:
    return _scope(organisation_id=organisation_id, kind="enterprise", **kind)
