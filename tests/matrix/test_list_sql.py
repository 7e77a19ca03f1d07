"""T7: no page and no list of the API skips rows by OFFSET, or counts the large tables to the end."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.matrix.table import Row, address, ask, load_table
from tests.matrix.world import World

DEEPEST = 5_000
LARGE = (
    "procurement_order",
    "procurement_orderline",
    "procurement_delivery",
    "procurement_receipt",
    "procurement_return",
    "procurement_payment",
    "procurement_purchasehistory",
    "core_auditevent",
)
OFFSET = re.compile(r"\bOFFSET\s+(\d+)", re.IGNORECASE)
COUNT_ALL = re.compile(r"^\s*SELECT\s+COUNT\(", re.IGNORECASE)
CAPPED = re.compile(r"FROM\s*\(\s*SELECT\b.*\bLIMIT\s+\d+\s*\)", re.IGNORECASE | re.DOTALL)
DEEP = "page=200000&page_size=50&limit=50&offset=10000000"
LISTS = {
    row.route.name: row
    for row in load_table()
    if row.route.method == "GET"
    and 200 in row.status.values()
    and not row.route.name.endswith("-detail")
}
"""One row of each route."""


def faults(sql: str) -> list[str]:
    """What T7 forbids in one statement."""
    found = [f"OFFSET {deep}" for deep in OFFSET.findall(sql) if int(deep) > DEEPEST]
    named = {name for name in LARGE if f'"{name}"' in sql or re.search(rf"\b{name}\b", sql)}
    if COUNT_ALL.match(sql) and named and not CAPPED.search(sql):
        found.append(f"COUNT of {'、'.join(sorted(named))} without a cap")
    return found


@pytest.mark.parametrize("row", LISTS.values(), ids=lambda row: row.label)
def test_no_list_skips_deep_or_counts_to_the_end(row: Row, world: World) -> None:
    actor = next(actor for actor, status in row.status.items() if status == 200)
    url = address(row, world)
    with CaptureQueriesContext(connection) as queries:
        answer = ask(row, world, actor, f"{url}{'&' if '?' in url else '?'}{DEEP}")
        if answer.status_code != 200:
            # It does not know these words: what it sends without them is looked at.
            assert ask(row, world, actor, url).status_code == 200
    assert [fault for query in queries for fault in faults(query["sql"])] == []


def test_what_is_forbidden_is_noticed() -> None:
    """The control: the statements that pages must not send are told from those they may."""
    assert faults('SELECT COUNT(*) AS "__count" FROM "procurement_orderline" WHERE "x" = 1')
    assert faults("SELECT count(*) FROM procurement_receipt")
    assert faults("SELECT id FROM catalog_product ORDER BY id LIMIT 50 OFFSET 5050")
    assert not faults("SELECT id FROM catalog_product ORDER BY id LIMIT 50 OFFSET 4950")
    assert not faults(
        'SELECT COUNT(*) FROM (SELECT 1 AS a FROM "procurement_orderline" LIMIT 10001) subquery'
    )
    assert not faults('SELECT COUNT(*) FROM "catalog_product"')
