"""T6: what dashboards read of the running month, beside the same kind of numbers from the lines."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from benchmarks import live_fold
from benchmarks.results import Result
from benchmarks.timing import clocked, statements_clocked
from monitoring.indicators.cut import MonthCut
from monitoring.models import LiveMonth
from monitoring.queries.dashboard_page import dashboard_page
from organisations.models import Organisation, Region, User
from organisations.queries.scope import Scope, scope_of

ROUNDS = 10
RAW = """
SELECT {below}, count(*), sum(packs), sum(packs * unit_price),
       count(*) FILTER (WHERE response = 'confirmed' AND responded_at <= response_due_at)
FROM procurement_orderline
WHERE {column} = %(pk)s AND ordered_at >= %(start)s AND ordered_at < %(end)s
GROUP BY {below}
"""
RAW_COLUMNS = {
    "province": ("province_id", "city_id"),
    "city": ("city_id", "county_id"),
    "county": ("county_id", "institution_id"),
}


def measure(month: date, lines: int) -> list[Result]:
    """Every statement of the pages of each level, and the pages against one scan of their lines."""
    if not LiveMonth.objects.filter(month=month).exists():
        live_fold.Day(month).keep()
    scope = _officer()
    statements: list[float] = []
    results = []
    for level in (*RAW_COLUMNS, "institution"):
        codes = _codes(level)
        pages = []
        for turn in range(ROUNDS + 1):
            code = codes[turn % len(codes)]
            taken = _statements(partial(dashboard_page, scope, level, code, {}))
            if turn:
                statements += taken
                pages.append(sum(taken))
        if level in RAW_COLUMNS:
            results.append(_against_raw(level, codes[0], month, pages, lines))
    statements.sort()
    p95 = statements[int(len(statements) * 0.95)] * 1000
    return [
        Result(
            "T6", "看板语句 p95（本月实时）", f"{p95:.1f}ms", "15ms", p95 / 15, 1.0,
            f"省、市、县、机构看板各 {ROUNDS} 次，{len(statements)} 条语句，"
            f"中位数 {statistics.median(statements) * 1000:.1f}ms，最长 {statements[-1] * 1000:.0f}ms",
        ),
        _api(codes_of={level: _codes(level) for level in (*RAW_COLUMNS, "institution")}),
        *results,
    ]  # fmt: skip


def _api(codes_of: dict[str, list[str]]) -> Result:
    """The whole request in this process: session, middleware, scope, figures, words and JSON.

    By Django's test client: what a server adds in front of the application is not in it.
    """
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(username="bench"))
    taken: list[float] = []
    for level, codes in codes_of.items():
        for turn in range(ROUNDS + 1):
            address = reverse("api-dashboard-detail", args=[codes[turn % len(codes)]])
            started = time.perf_counter()
            answer = client.get(address, {"type": level})
            seconds = time.perf_counter() - started
            if answer.status_code != 200 or not answer.json()["cards"]:
                raise AssertionError(f"{address}: {answer.status_code}")
            if turn:
                taken.append(seconds)
    taken.sort()
    p95 = taken[int(len(taken) * 0.95)] * 1000
    return Result(
        "T6", "看板接口 p95（本月实时）", f"{p95:.0f}ms", "60ms", p95 / 60, 1.0,
        f"GET 接口整个请求（Django 测试客户端，同一进程，不含网页服务器），省、市、县、机构各 {ROUNDS} 次，"
        f"中位数 {statistics.median(taken) * 1000:.0f}ms，最长 {taken[-1] * 1000:.0f}ms",
    )  # fmt: skip


def _against_raw(level: str, code: str, month: date, pages: list[float], lines: int) -> Result:
    """Only what a page would show of one indicator family by the level below, from the lines."""
    column, below = RAW_COLUMNS[level]
    cut = MonthCut(month)
    values = {
        "pk": Region.objects.get(code=code).pk, "start": cut.start, "end": cut.cut,
    }  # fmt: skip

    def raw() -> None:
        with connection.cursor() as cursor:
            cursor.execute(RAW.format(column=column, below=below), values)
            cursor.fetchall()

    raw()
    slow = statistics.median(clocked(raw) for _ in range(ROUNDS))
    page = statistics.median(pages)
    target = 1 / 20 if lines >= 10_000_000 else 1 / 8 if lines >= 1_000_000 else None
    # The page has some twenty statements for twelve figures; the scan answers one of them.
    one = page / 12
    return Result(
        "T6", f"{level} 看板一个指标比扫描当月订单行", f"{one * 1000:.1f}ms", f"{slow * 1000:.1f}ms",
        one / slow, target, f"整页全部语句 {page * 1000:.0f}ms，12 个指标、排名、走势与表格",
    )  # fmt: skip


def _statements(work: Callable[[], object]) -> list[float]:
    """Seconds of each SQL statement."""
    with statements_clocked() as found:
        work()
    return found


def province_bureau() -> Organisation:
    """Made where the drawn province has none."""
    province = Region.objects.get(level="province")
    bureau = Organisation.objects.filter(code="B36").first()
    if bureau is None:
        # The drawn ones have ids of their own making.
        pk = Organisation.objects.order_by("-pk").values_list("pk", flat=True)[0] + 1
        bureau = Organisation.objects.create(
            pk=pk, code="B36", name="省医保局", kind="bureau", region=province
        )
    return bureau


def _officer() -> Scope:
    now = timezone.now()
    user, _ = User.objects.get_or_create(
        username="bench", defaults={
            "organisation": province_bureau(), "roles": ["clerk"], "created_at": now - timedelta(days=9),
            "password_changed_at": now, "name": "性能对照",
        }
    )  # fmt: skip
    return scope_of(user, now.date())


def _codes(level: str) -> list[str]:
    if level == "institution":
        rows = Organisation.objects.filter(kind="institution").order_by("pk")
        return list(rows.values_list("code", flat=True)[:40])
    return list(Region.objects.filter(level=level).order_by("pk").values_list("code", flat=True))
