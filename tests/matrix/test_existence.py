"""R-3: what is another's and what does not exist are the same answer, byte for byte."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponseBase

from tests.matrix.canaries import text_of
from tests.matrix.routes import all_patterns
from tests.matrix.table import Row, address, ask, load_table
from tests.matrix.world import World

TABLE = [row for row in load_table() if row.foreign]
SIBLINGS = 3
NOT_THERE = {"bg": "BG00000000", "delegation": "999999999", "zc": "ZC00000000XX", "zi": "ZC00000000XX", "person": "nobody-here", "token": "0" * 15, "notice": "999999999",
             "job": "999999999", "bline": "999999999", "bsecond": "999999999",
             "breceipt": "999999999", "bevidence": "999999999", "service": "999999999", "day": "999999999",
             "paper": "999999999", "gg": "GG0", "ggdraft": "GG0", "view": "999999999", "run": "999999999",
             "export": "999999999", "marked": "999999999", "checked": "999999999",
             "cert": "0" * 64, "task": "999999999", "sent": "999999999", "webhook": "HD00", "ms": "999999999",
             "stock": "999999999", "waits": "999999999", "received": "999999999"}  # fmt: skip
OWN_TO_ALL = {"api-region-detail", "audit-event"}
"""Details whose rows are all visible to whoever may enter."""


def _same(answer: HttpResponseBase) -> tuple[int, str]:
    """The answer without the ids that differ by request."""
    return answer.status_code, re.sub(r"[0-9a-f]{32}", "", text_of(answer))


def _missing_key(row: Row) -> str:
    kind = row.foreign[0].split("_")[0]
    return NOT_THERE.get(kind, "NICHTDA1")


def _key_argument(row: Row, world: World) -> str:
    """The argument that names the thing: the one whose value is a key of the world."""
    return next(name for name, value in row.args.items() if value in world.keys)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.label)
def test_foreign_and_missing_read_the_same(row: Row, world: World) -> None:
    assert len(row.foreign) >= SIBLINGS
    argument = _key_argument(row, world)
    missing = _same(
        ask(row, world, row.viewer, address(row, world, **{argument: _missing_key(row)}))
    )
    assert missing[0] == 404
    for key in row.foreign:
        assert _same(ask(row, world, row.viewer, address(row, world, **{argument: key}))) == missing


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.label)
def test_own_thing_is_found_at_the_same_address(row: Row, world: World) -> None:
    """The control: the viewer of the row above does reach what is the viewer's own."""
    rightful = [actor for actor, status in row.status.items() if status not in (302, 401, 403, 404)]
    insider = [actor for actor, status in row.status.items() if status == 302 and actor not in
               ("anonymous", "disabled", "token")]  # fmt: skip
    # The cast has no leader: steps of theirs are tried in test_leader.py, by every role in tests/volumes.
    assert rightful or insider or row.why.startswith("leaders alone")
    for actor in (rightful or insider)[:1]:
        assert ask(row, world, actor).status_code not in (401, 403, 404)


def test_every_detail_route_is_tried() -> None:
    """A route with an argument that names a thing has its foreign keys in the table."""
    rows = load_table()
    tried = {row.route.name for row in rows if row.foreign}
    with_argument = {
        pattern.name for pattern in all_patterns() if _names_a_thing(pattern.pattern.converters, pattern)
    }  # fmt: skip
    open_to_all = OWN_TO_ALL | {row.route.name for row in rows if row.why.startswith("open to all")}
    assert with_argument - tried - open_to_all == set()


def _names_a_thing(converters: object, pattern: object) -> bool:
    text = str(getattr(pattern, "pattern", ""))
    return bool(converters) or "(?P<" in text.replace("(?P<format>", "")
