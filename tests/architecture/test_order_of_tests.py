"""How a run with several processes is ordered: nothing lost, long files first, the matrix last."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.plugins.order import SECONDS, TESTS, stretches


class Item:
    """What the order looks at in a collected test."""

    def __init__(self, file: str, number: int, *fixtures: str) -> None:
        self.path = TESTS / file
        self.nodeid = f"{file}::test_{number}"
        self.fixturenames = fixtures

    def get_closest_marker(self, name: str) -> None:
        return None


def collected(light: int = 300, matrix: int = 900) -> list[Any]:
    heavy = [Item(file, number, "db") for file in SECONDS for number in range(3)]
    for item in heavy:
        if item.path.parent.name in ("embedded", "production"):
            item.fixturenames = ()
        if item.path.parent.name == "journeys":
            item.fixturenames = ("page", "db")
    plain = [Item(f"policy/test_{n % 40:02}.py", n, "db") for n in range(light)]
    rows = [Item(f"matrix/test_{n * 3 // matrix}.py", n, "db") for n in range(matrix)]
    return sorted([*heavy, *plain, *rows], key=lambda item: item.path)


def cut(items: list[Any], processes: int) -> list[list[Any]]:
    """As pytest-xdist hands them out."""
    parts, left = [], list(items)
    for process in range(processes):
        size = len(left) // (processes - process)
        parts.append(left[:size])
        left = left[size:]
    return parts


@pytest.mark.parametrize("processes", [2, 3, 4])
def test_each_process_begins_with_long_files_and_ends_in_the_matrix(processes: int) -> None:
    items = collected()
    parts = cut(stretches(items, processes), processes)
    assert sorted(item.nodeid for part in parts for item in part) == sorted(
        item.nodeid for item in items
    )
    for part in parts:
        names = [item.path.relative_to(TESTS).as_posix() for item in part]
        kinds = [_kind(item) for item in part]
        assert kinds == sorted(kinds), "long files, others, browser, matrix"
        assert names[0] in SECONDS
        assert {name for name in names if name.startswith("matrix")} == {
            f"matrix/test_{n}.py" for n in range(3)
        }
    assert all(item.fixturenames for item in parts[0]), "they wait for the database anyway"
    assert not parts[-1][0].fixturenames


def _kind(item: Any) -> int:
    name = item.path.relative_to(TESTS).as_posix()
    if name.startswith("matrix"):
        return 3
    return 2 if "page" in item.fixturenames else 0 if name in SECONDS else 1


def test_tests_of_one_file_stay_together_and_in_their_order() -> None:
    part = cut(stretches(collected(), 2), 2)[0]
    names = [item.path for item in part if "matrix" not in str(item.path)]
    assert len({*names}) == sum(a != b for a, b in zip(names, [None, *names], strict=False))
    numbers = [int(item.nodeid.rsplit("_")[-1]) for item in part if item.path == names[0]]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize("processes", [2, 3, 4])
def test_what_asks_one_row_stays_in_one_process(processes: int) -> None:
    """But for the few at which a process's part is full."""
    items = collected()
    rows = [item for item in items if _kind(item) == 3]
    asked = [object() for _ in rows]
    for number, item in enumerate(rows):
        item.originalname = "test_row"
        item.callspec = SimpleNamespace(params={"row": asked[number // 3]})
    parts = cut(stretches(items, processes), processes)
    where: dict[tuple[object, object], set[int]] = {}
    for process, part in enumerate(parts):
        for item in part:
            if hasattr(item, "callspec"):
                where.setdefault((item.path, item.callspec.params["row"]), set()).add(process)
    assert sum(map(len, where.values())) <= len(where) + processes
    shares = [sum(hasattr(item, "callspec") for item in part) for part in parts]
    assert min(shares) > 0


def test_without_a_matrix_nothing_is_lost() -> None:
    items = [item for item in collected() if "matrix" not in str(item.path)]
    assert len({item.nodeid for item in stretches(items, 2)}) == len(items)


def test_every_file_of_the_table_is_there() -> None:
    assert [file for file in SECONDS if not Path(TESTS / file).exists()] == []
