"""What the plain request of a row does: sent twice by whoever may send it, and kept."""

from __future__ import annotations

from dataclasses import dataclass

from tests.matrix.table import Row
from tests.matrix.world import World
from tests.matrix.written import Effect, Rows, Sums, effect, write


@dataclass(frozen=True)
class Plain:
    """What the plain request of a row does, and what it does when it is sent again."""

    status: int
    changed: set[str]
    effect: Effect
    again: Effect


def plain_of(
    row: Row, world: World, names: list[str], before: tuple[Sums, Rows], plainly: dict[str, Plain]
) -> Plain:
    """As `plainly` has it: each request is undone, so the next one does the same."""
    if row.label not in plainly:
        kept, rows = before
        first, again = (write(row, world, rightful(row), names, before=kept) for _ in range(2))
        plainly[row.label] = Plain(
            first.status, first.changed(kept), effect(first, rows), effect(again, rows)
        )
    return plainly[row.label]


def rightful(row: Row) -> str:
    """The first actor whom the table gives a result, else whoever is neither out nor refused."""
    for wanted in ((200, 201, 202, 204), (302,), (409, 400)):
        for actor in ("a_reviewer", *row.status):
            if row.status[actor] in wanted and actor not in ("anonymous", "disabled", "token"):
                return actor
    raise AssertionError(f"{row.label}: nobody may")


def differing(one: Effect, two: Effect) -> set[tuple[str, str]]:
    """Columns that differ between the effects; `*` where other or more rows were written."""
    found: set[tuple[str, str]] = set()
    for table in one.keys() | two.keys():
        for ours, theirs in zip(one.get(table, ([], [])), two.get(table, ([], [])), strict=True):
            if len(ours) != len(theirs):
                found.add((table, "*"))
                continue
            for left, right in zip(ours, theirs, strict=True):
                found |= {(table, name) for name in left if left[name] != right[name]}
    return found
