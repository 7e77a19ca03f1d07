"""In which order the processes of a run take the tests: what takes long first, the matrix last.

pytest-xdist gives each process a stretch of the collection, and takes from the end of another's
stretch when its own is done. So each stretch holds, in this order:

1. files that take long, dealt out by what they take; the last process begins with those that need
   no database, while the first one migrates the template that all others wait for;
2. the other files;
3. what drives a browser: its event loop stays in the process, and forks are better made before it;
4. its part of every module of the matrix, whose rows are short and whose world each process has
   made by then: what another process takes over at the end is of these.

Nothing is left out and nothing is asked otherwise; a test alone runs in the order of its file.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
FEWEST = 1000
"""A smaller choice of tests is left as it is."""
SECONDS = {
    "jobs/test_with_worker.py": 93,
    "api/test_described_calls.py": 93,
    "production/test_systemd_recipe.py": 81,
    "journeys/test_wcag.py": 64,
    "monitoring/pages/test_figures.py": 48,
    "journeys/test_consortium_reports.py": 44,
    "jobs/test_under_fire.py": 40,
    "jobs/test_kills.py": 37,
    "interchange/test_cells.py": 36,
    "monitoring/indicators/test_against_oracle.py": 35,
    "interchange/upload/test_import.py": 34,
    "ui/test_gallery.py": 34,
    "jobs/test_compute_month_job.py": 34,
    "jobs/test_broker_down.py": 33,
    "monitoring/indicators/test_figure_lines.py": 33,
    "interchange/test_load_dataset.py": 33,
    "monitoring/live/test_fold.py": 33,
    "journeys/test_warning_is_answered.py": 31,
    "monitoring/indicators/test_cases.py": 31,
    "catalog/test_batch_drafts.py": 31,
    "interchange/test_random_provinces.py": 30,
    "api/test_hostile_calls.py": 29,
    "interchange/test_checks.py": 28,
    "monitoring/indicators/test_compute_month.py": 26,
    "core/operations/test_operation.py": 25,
    "journeys/test_agreement_is_signed.py": 24,
    "core/views/test_bad_input.py": 24,
    "interchange/test_round_trip.py": 21,
    "interchange/test_demo_province.py": 21,
    "api/test_tokens.py": 21,
    "journeys/test_registration_is_renewed.py": 20,
    "volumes/test_pages.py": 20,
    "core/backup/test_drill.py": 19,
    "monitoring/rehearsals/test_rehearsal.py": 19,
    "journeys/test_complaint_is_settled.py": 19,
    "journeys/test_volumes_are_reported.py": 18,
    "journeys/test_list_to_result.py": 16,
    "journeys/test_dataset_is_imported.py": 16,
    "production/test_compose.py": 16,
    "journeys/test_batch_is_published.py": 15,
    "journeys/test_value_is_changed.py": 15,
    "jobs/test_attempts.py": 15,
    "procurement/test_supply_races.py": 14,
    "contracts/test_agreements.py": 14,
    "core/signing/test_brought.py": 14,
}
"""What these files took once, on a busy machine; only what they take beside each other counts."""
LIGHT = 0.1
"""The same of one test of any other file."""
NEEDS_DATABASE = {"db", "transactional_db", "django_db_setup", "database_template"}
BROWSER = {"page", "browser", "context", "new_context"}

Items = list[pytest.Item]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: Items) -> None:
    processes = int(getattr(config, "workerinput", {}).get("workercount", 1))
    if processes > 1 and len(items) >= FEWEST:
        items[:] = stretches(items, processes)


def stretches(items: Items, processes: int) -> Items:
    """The same items, so that each process's stretch begins with its long files."""
    files: dict[str, Items] = {}
    for item in items:
        files.setdefault(_file(item), []).append(item)
    matrix = [file for name, file in files.items() if name.startswith("matrix/")]
    plain = [file for name, file in files.items() if not name.startswith("matrix/")]
    dealt = _dealt(plain, processes)
    sizes, left = [], len(items)
    for process in range(processes):
        sizes.append(left // (processes - process))
        left -= sizes[-1]
    rooms = [size - sum(map(len, plain)) for size, plain in zip(sizes, dealt, strict=True)]
    if min(rooms) < 0:  # Too little of the matrix to even it out: the order still serves.
        rooms = [0] * processes
    parts = _parts([item for file in matrix for item in file], rooms)
    return [
        item
        for plain, part in zip(dealt, parts, strict=True)
        for item in [*(item for file in plain for item in file), *part]
    ]


def _dealt(files: list[Items], processes: int) -> list[list[Items]]:
    """Files by process, the longest to whom has least; in the order in which they are taken."""
    dealt: list[list[Items]] = [[] for _ in range(processes)]
    taken = [0.0] * processes
    last = processes - 1
    for file in sorted(files, key=lambda file: (-_seconds(file), _file(file[0]))):
        if _seconds(file) >= min(SECONDS.values()) and not _needs_database(file):
            process = last
        else:
            process = min(range(processes), key=taken.__getitem__)
        dealt[process].append(file)
        taken[process] += _seconds(file)
    return [sorted(files, key=_rank) for files in dealt]


def _rank(file: Items) -> tuple[int, float, str]:
    name = _file(file[0])
    if any(BROWSER & set(_fixtures(item)) for item in file):
        return 2, -_seconds(file), name
    if name in SECONDS:
        return 0, _needs_database(file) * 1e6 - _seconds(file), name
    return 1, 0, name


def _parts(matrix: Items, rooms: list[int]) -> list[Items]:
    """Of every module its share for each process, so that each has long and short rows.

    What one function asks of one row stays in one process, which need not ask it all anew.
    """
    parts: list[Items] = [[] for _ in rooms]
    left = list(rooms)
    process, before = 0, None
    for item in matrix:
        asked = _asked(item)
        if asked is None or asked != before or left[process] <= 0:
            process = max(range(len(rooms)), key=lambda at: left[at] / max(rooms[at], 1))
        before = asked
        parts[process].append(item)
        left[process] -= 1
    return parts


def _asked(item: pytest.Item) -> tuple[str, str, int] | None:
    """File, function and row of a test that asks a row of the matrix; None of any other."""
    call = getattr(item, "callspec", None)
    row = call.params.get("row") if call else None
    return None if row is None else (_file(item), item.originalname, id(row))  # type: ignore[attr-defined]


def _seconds(file: Items) -> float:
    return SECONDS.get(_file(file[0]), LIGHT * len(file))


def _needs_database(file: Items) -> bool:
    return any(
        NEEDS_DATABASE & set(_fixtures(item)) or item.get_closest_marker("django_db")
        for item in file
    )


def _fixtures(item: pytest.Item) -> Iterable[str]:
    found: Iterable[str] = getattr(item, "fixturenames", ())
    return found


def _file(item: pytest.Item) -> str:
    return item.path.relative_to(TESTS).as_posix() if item.path.is_relative_to(TESTS) else ""
