"""The database session of a fold or a rebuild: its snapshot, its lock, its settings."""

from __future__ import annotations

from django.db.backends.utils import CursorWrapper

LOCK = "live figures"


def take_snapshot(cursor: CursorWrapper) -> None:
    """Read everything from one snapshot, so that the notes taken are exactly the changes seen.

    To be called first in a transaction; another one around it (a test's) keeps its own level.
    """
    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def try_lock(cursor: CursorWrapper) -> bool:
    """Take the lock of the live figures until the transaction ends; False when another has it.

    Two that pass each other between lock and snapshot both delete the same notes: the later one is
    refused by the database (40001) with nothing written.
    """
    cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [LOCK])
    return bool(cursor.fetchone()[0])


def for_rebuild(cursor: CursorWrapper) -> None:
    """As for the monthly job: tables that were just filled, hashed whole."""
    cursor.execute(
        "SELECT set_config('jit', 'off', TRUE), set_config('work_mem', '64MB', TRUE),"
        " set_config('max_parallel_workers_per_gather', '0', TRUE),"
        " set_config('enable_nestloop', 'off', TRUE)"
    )


def set_loops(cursor: CursorWrapper, *, on: bool) -> None:
    cursor.execute("SELECT set_config('enable_nestloop', %s, TRUE)", ["on" if on else "off"])


def for_fold(cursor: CursorWrapper) -> None:
    """Few rows looked up by index; the kept stages are found in schema rollup by their names."""
    cursor.execute(
        "SELECT set_config('jit', 'off', TRUE), set_config('work_mem', '64MB', TRUE),"
        " set_config('max_parallel_workers_per_gather', '0', TRUE),"
        " set_config('enable_nestloop', 'on', TRUE),"
        # Of tables that live for one fold only the number of rows matters.
        " set_config('default_statistics_target', '10', TRUE),"
        " set_config('search_path', 'public, rollup', TRUE)"
    )
