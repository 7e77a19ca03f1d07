"""The guards switched off one by one: each time the matrix's own checks must fail."""

from __future__ import annotations

import pytest
from django.db.models import Q

from organisations.queries import visibility
from organisations.queries.scope import Scope
from organisations.queries.visibility import UnscopedQuery, require_scoped
from tests.matrix.canaries import Canary, met, text_of
from tests.matrix.table import Row, ask, load_table
from tests.matrix.world import World

TABLE = {row.label: row for row in load_table()}


def _told_of_others(row: Row, world: World, actor: str) -> set[str]:
    answer = ask(row, world, actor)
    return {
        canary.name
        for canary in met(text_of(answer), world.seeded.canaries)
        if actor not in canary.seen_by
    }


def test_guard_on_nothing_foreign(world: World) -> None:
    assert _told_of_others(TABLE["warning-list GET"], world, "a_clerk") == set()
    assert _told_of_others(TABLE["task-list GET"], world, "a_clerk") == set()


def test_every_mark_is_found_wherever_it_stands(world: World) -> None:
    """The search by shared letters finds what a look for each single mark finds, and no more."""
    canaries = world.seeded.canaries
    for canary in canaries:
        for mark in canary.texts:
            for text in (mark, f"前{mark}后", f"{mark[:-1]} {mark}", f"<td>{mark}</td>" * 2):
                assert met(text, canaries) == _one_by_one(text, canaries)
                assert canary in met(text, canaries)
            assert met(mark[:-1], canaries) == _one_by_one(mark[:-1], canaries)
    everything = "\n".join(mark for canary in canaries for mark in canary.texts)
    assert met(everything, canaries) == list(canaries)
    assert met("", canaries) == met("7Q", canaries) == []
    # Another tuple of marks is looked for anew.
    assert met("甲乙丙", (Canary("new", ("乙",), frozenset()),)) != []


def _one_by_one(text: str, canaries: tuple[Canary, ...]) -> list[Canary]:
    return [canary for canary in canaries if any(mark in text for mark in canary.texts)]


def test_without_conditions_warnings_leak(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = Q(pk__isnull=False)
    monkeypatch.setattr("monitoring.queries.visible.subject_rows", lambda scope: everything)
    told = _told_of_others(TABLE["warning-list GET"], world, "a_clerk")
    assert {"B name", "C name", "T name"} <= told


def test_without_conditions_tasks_leak(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def unfiltered(scope: Scope, rows: object, seen: object = None) -> object:
        return visibility.within(scope, rows)  # type: ignore[type-var]

    monkeypatch.setattr("inbox.queries.visible.within", unfiltered)
    told = _told_of_others(TABLE["task-list GET"], world, "a_clerk")
    assert {"B inbox", "T inbox", "A reviewer's task"} <= told


def test_region_column_of_the_wrong_level_is_noticed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A county's officer given the whole city by mistake sees what the matrix calls foreign."""
    county = world.cast.users["county_y"].organisation.region
    assert county is not None

    def city_for_county(scope: Scope) -> visibility.Alternatives:
        return (("city_id", frozenset({county.parent_id or 0})),)

    monkeypatch.setattr(visibility, "region_alternatives", city_for_county)
    told = _told_of_others(TABLE["warning-list GET"], world, "county_y")
    assert "A name" in told


def test_entry_switched_off_changes_the_status(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from organisations.views.people import AdminsOnly

    row = TABLE["people GET"]
    assert ask(row, world, "a_clerk").status_code == row.status["a_clerk"] == 403
    monkeypatch.delattr(AdminsOnly, "entry")
    assert ask(row, world, "a_clerk").status_code != row.status["a_clerk"]


def test_page_kinds_switched_off_change_the_status(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from organisations.views.audit import AuditPages

    row = TABLE["audit-list GET"]
    monkeypatch.setattr(AuditPages, "exists_for", lambda self, scope: True)
    assert ask(row, world, "sysadmin").status_code != row.status["sysadmin"]


def test_rows_not_from_a_visible_query_are_refused(world: World) -> None:
    from inbox.models import Task
    from organisations.queries.scope import scope_of

    mine = scope_of(world.cast.users["a_clerk"], world_day())
    others = scope_of(world.cast.users["b_clerk"], world_day())
    with pytest.raises(UnscopedQuery):
        require_scoped(Task.objects.all(), mine)
    with pytest.raises(UnscopedQuery):
        require_scoped(visibility.within(others, Task.objects.all()), mine)
    kept = visibility.within(mine, Task.objects.all()).filter(pk=1).order_by("pk")
    assert require_scoped(kept, mine) is kept


def world_day() -> object:
    from django.utils import timezone

    return timezone.localdate()
