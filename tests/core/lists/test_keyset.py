"""Walking a list by its keys gives every row once, forwards and backwards."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.audit.models import AuditEvent
from core.lists.keyset import KeysetPage, capped_count, keyset_page
from core.transitions import MissingInput
from tests.factories import core as make

pytestmark = pytest.mark.django_db

START = datetime(2026, 1, 1, tzinfo=UTC)
ORDER = ("at", "id")
WORDS_ORDER = ("object_key", "at", "id")


def made(keys: list[int]) -> QuerySet[AuditEvent]:
    """Rows whose `at` repeats wherever a key does."""
    AuditEvent.objects.bulk_create(
        AuditEvent(
            at=START + timedelta(seconds=key), actor_name="测试", action="test.keyset",
            object_key=f"编号{key % 2}",
        )
        for key in keys
    )  # fmt: skip
    return AuditEvent.objects.filter(action="test.keyset")


def forwards(rows: QuerySet[AuditEvent], order: tuple[str, ...], size: int, up: bool) -> list[int]:
    found: list[int] = []
    cursor = ""
    while True:
        page = keyset_page(rows, order=order, cursor=cursor, size=size, ascending=up)
        found += ids(page)
        cursor = page.older
        if not cursor:
            return found


def backwards(rows: QuerySet[AuditEvent], order: tuple[str, ...], size: int, up: bool) -> list[int]:
    """From the last page to the first, read in the list's own order."""
    page = keyset_page(rows, order=order, size=size, ascending=up)
    while page.older:
        page = keyset_page(rows, order=order, cursor=page.older, size=size, ascending=up)
    found = ids(page)
    while page.newer:
        page = keyset_page(rows, order=order, cursor=page.newer, size=size, ascending=up)
        found = ids(page) + found
    return found


def ids(page: KeysetPage[AuditEvent]) -> list[int]:
    return [row.pk for row in page.rows]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    keys=st.lists(st.integers(0, 3), max_size=24),
    size=st.integers(1, 7),
    order=st.sampled_from([ORDER, WORDS_ORDER]),
    up=st.booleans(),
)
def test_every_row_once_both_ways(
    keys: list[int], size: int, order: tuple[str, ...], up: bool
) -> None:
    with transaction.atomic():
        rows = made(keys)
        signed = order if up else [f"-{name}" for name in order]
        expected = list(rows.order_by(*signed).values_list("pk", flat=True))
        assert len(expected) == len(keys)
        assert forwards(rows, order, size, up) == expected
        assert backwards(rows, order, size, up) == expected
        transaction.set_rollback(True)


def test_first_and_last_page_say_where_they_end() -> None:
    rows = made([1, 1, 1, 2])
    first = keyset_page(rows, order=ORDER, size=3)
    assert (len(first.rows), first.newer) == (3, "")
    last = keyset_page(rows, order=ORDER, size=3, cursor=first.older)
    assert (len(last.rows), last.older) == (1, "")
    again = keyset_page(rows, order=ORDER, size=3, cursor=last.newer)
    assert (ids(again), again.newer) == (ids(first), "")


def test_rows_that_arrive_do_not_move_the_next_page() -> None:
    rows = made([1, 2, 3, 4])
    first = keyset_page(rows, order=ORDER, size=2)
    expected = ids(keyset_page(rows, order=ORDER, size=2, cursor=first.older))
    made([9, 9])
    assert ids(keyset_page(rows, order=ORDER, size=2, cursor=first.older)) == expected


def test_depth_costs_nothing() -> None:
    """One query each, and never an OFFSET."""
    rows = made(list(range(30)))
    cursor = ""
    for _ in range(5):
        with CaptureQueriesContext(connection) as queries:
            cursor = keyset_page(rows, order=ORDER, size=5, cursor=cursor).older
        assert len(queries) == 1
        assert "OFFSET" not in queries[0]["sql"]


def encoded(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


NOW = START.isoformat()
BROKEN = [
    "xxx", "！！", "=", "a", "中文" * 50, "\x00", "\ud800", "A" * 20000, "../..", "' OR 1=1 --",
    encoded("not json"), encoded(7), encoded("[" * 3000), encoded("[" * 100000), encoded(None),
    encoded([]), encoded({}), encoded({"o": 1, "a": 2, "b": 3}), encoded("[NaN]"),
    encoded(["o"]), encoded(["o", NOW]), encoded(["o", NOW, 1, 1]), encoded(["x", NOW, 1]),
    encoded([["o"], NOW, 1]), encoded(["o", None, 1]), encoded(["o", NOW, None]),
    encoded(["o", "2026-13-45", 1]), encoded(["o", "", 1]), encoded(["o", "９９", 1]),
    encoded(["o", NOW, "x"]), encoded(["o", NOW, [1]]), encoded(["o", NOW, {"a": 1}]),
    encoded('["o", "2026-01-01T00:00:00+00:00", NaN]'),
    encoded('["o", "2026-01-01T00:00:00+00:00", Infinity]'),
    encoded('["o", "2026-01-01T00:00:00+00:00", ' + "9" * 5000 + "]"),
]  # fmt: skip
BROKEN_WORDS = [
    encoded(["o", "a\x00b", NOW, 1]), encoded(["o", "\ud800", NOW, 1]), encoded(["o", None, NOW, 1]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("cursor", "order"),
    [*((cursor, ORDER) for cursor in BROKEN), *((cursor, WORDS_ORDER) for cursor in BROKEN_WORDS)],
)
def test_broken_cursor_is_refused_in_chinese(cursor: str, order: tuple[str, ...]) -> None:
    rows = made([1])
    with pytest.raises(MissingInput) as caught:
        keyset_page(rows, order=order, cursor=cursor)
    assert caught.value.status == 400
    assert caught.value.reason == "翻页标记无效，请从第一页重新打开"


@pytest.mark.parametrize(
    "cursor",
    [
        encoded(["o", "0001-01-01T00:00:00+08:00", 1]),
        encoded(["n", "9999-12-31T23:59:59-08:00", 1]),
        encoded(["o", NOW, int("9" * 30)]),
        encoded(["o", NOW, -int("9" * 30)]),
        encoded(["o", NOW, True]),
        encoded(["o", NOW, 1.5]),
    ],
)
def test_far_cursor_is_an_empty_or_full_page(cursor: str) -> None:
    assert len(keyset_page(made([1]), order=ORDER, cursor=cursor).rows) in (0, 1)


def test_count_stops_at_the_cap() -> None:
    rows = made([1] * 12)
    assert (capped_count(rows, 12).number, capped_count(rows, 12).capped) == (12, False)
    with CaptureQueriesContext(connection) as queries:
        count = capped_count(rows, 5)
    assert (count.number, count.capped) == (5, True)
    assert "LIMIT 6" in queries[0]["sql"]
    assert "ORDER BY" not in queries[0]["sql"]
    with CaptureQueriesContext(connection) as queries:
        assert capped_count(rows, 5, order=ORDER) == count
    assert "ORDER BY" in queries[0]["sql"]


def test_count_of_nothing() -> None:
    assert capped_count(AuditEvent.objects.none()).number == 0
    make.audit_event(action="test.keyset")
    assert capped_count(AuditEvent.objects.filter(action="test.keyset")).number == 1


def test_a_later_page_bounds_its_first_column_alone() -> None:
    """By the comparison of rows alone, an index with another bound is read from its very end."""
    rows = made([1, 2, 3])
    older = keyset_page(rows, order=ORDER, size=1).older
    with CaptureQueriesContext(connection) as asked:
        keyset_page(rows, order=ORDER, size=1, cursor=older)
    sql = asked[0]["sql"]
    # The next microsecond, before the rows' comparison: merged with what else ends the list.
    bound = sql.index("\"at\" < '2026-01-01T00:00:03.000001+00:00'")
    assert bound < sql.index('("core_auditevent"."at", ')
    assert 'ORDER BY "core_auditevent"."at" DESC' in asked[0]["sql"]
