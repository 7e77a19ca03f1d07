"""R-1 and R-2: every route × method × actor has its exact status, and no answer tells of others."""

from __future__ import annotations

import pytest

from tests.matrix.actors import ACTORS
from tests.matrix.canaries import met, text_of
from tests.matrix.routes import Route, all_routes
from tests.matrix.table import Row, ask, load_table
from tests.matrix.world import World

TABLE = load_table()


def test_every_route_has_its_row() -> None:
    assert sorted({row.route for row in TABLE}) == all_routes()


def test_a_route_without_a_row_is_noticed() -> None:
    """The control: the gate above can fail."""
    assert Route("not-in-the-table", "GET") not in {row.route for row in TABLE}
    without = {row.route for row in TABLE if row.route.name != "home"}
    assert sorted(without) != all_routes()


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.label)
def test_status_and_canaries(row: Row, world: World) -> None:
    wrong = []
    for actor in ACTORS:
        answer = ask(row, world, actor)
        if answer.status_code != row.status[actor]:
            wrong.append(f"{actor}: {answer.status_code}, not {row.status[actor]}")
        for canary in met(text_of(answer), world.seeded.canaries):
            if actor not in canary.seen_by:
                wrong.append(f"{actor} was told of {canary.name}")
    assert wrong == []


def test_own_canaries_are_met(world: World) -> None:
    """The control: what one may see is really found by the same search."""
    told = ("task-list GET", "warning-list GET", "warning-detail GET", "warning-export GET")
    seen = {
        (actor, canary.name)
        for row in TABLE
        if row.label in told
        for actor in ("a_clerk", "county_x", "province")
        for canary in met(text_of(ask(row, world, actor)), world.seeded.canaries)
    }
    assert ("a_clerk", "A inbox") in seen
    assert ("a_clerk", "A name") in seen
    assert ("a_clerk", "A own") in seen
    assert ("county_x", "A own") in seen
    assert ("county_x", "B name") in seen
    assert ("province", "C name") in seen
