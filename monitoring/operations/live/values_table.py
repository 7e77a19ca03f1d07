"""The table of the live figures: a new one is filled beside it and takes its name."""

from __future__ import annotations

import re
import time

from django.db import OperationalError, transaction
from django.db.backends.utils import CursorWrapper

from monitoring.operations.live.kept import SCHEMA, VALUES, kept_tables
from monitoring.operations.month_partition import (
    ATTEMPTS,
    LOCK_NOT_AVAILABLE,
    LOCK_WAIT,
    PARENT,
    PAUSE_SECONDS,
)

LIVE = f"{SCHEMA}.{VALUES}"


def start_values(cursor: CursorWrapper) -> str:
    """Create the empty new table, and sweep away what an earlier attempt left; returns its name."""
    for name in (VALUES, *kept_tables()):
        cursor.execute(f"DROP TABLE IF EXISTS {SCHEMA}.{name}_new")
    cursor.execute(f"CREATE TABLE {LIVE}_new (LIKE {LIVE} INCLUDING CONSTRAINTS)")
    # Ids come from the months' sequence, which outlives this table. Pages keep room for the folds'
    # updates of the two numbers, which no index holds: rows of regions change with every fold, and
    # lie side by side.
    cursor.execute(
        f"ALTER TABLE {LIVE}_new SET (fillfactor = 60), ALTER id SET DEFAULT"
        f" nextval(pg_get_serial_sequence('{PARENT}', 'id'))"
    )
    return f"{LIVE}_new"


def finish_values(cursor: CursorWrapper) -> None:
    """Give the filled table the indexes of the one that it replaces."""
    cursor.execute(
        "SELECT pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = %s::regclass AND NOT indisprimary ORDER BY indexrelid",
        [LIVE],
    )
    for (definition,) in cursor.fetchall():
        how = re.split(r" USING ", definition, maxsplit=1)[1]
        cursor.execute(f"CREATE INDEX ON {LIVE}_new USING {how}")
    cursor.execute(f"ALTER TABLE {LIVE}_new ADD PRIMARY KEY (id)")
    cursor.execute(f"ANALYZE {LIVE}_new")


def swap_in_all(cursor: CursorWrapper) -> None:
    """Put the new tables in the places of the live ones, waiting for readers in short steps.

    Raises OperationalError when the figures stay in use for half a minute and more.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                _swap(cursor)
            return
        except OperationalError as error:
            code = getattr(error.__cause__, "pgcode", None)
            if code != LOCK_NOT_AVAILABLE or attempt == ATTEMPTS:
                raise
            time.sleep(PAUSE_SECONDS)


def _swap(cursor: CursorWrapper) -> None:
    cursor.execute("SHOW lock_timeout")
    before = cursor.fetchone()[0]
    cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
    for name in (VALUES, *kept_tables()):
        cursor.execute(f"DROP TABLE IF EXISTS {SCHEMA}.{name}")
        cursor.execute(f"ALTER TABLE {SCHEMA}.{name}_new RENAME TO {name}")
    cursor.execute(f"SET LOCAL lock_timeout = '{before}'")


def has_tables(cursor: CursorWrapper) -> bool:
    """Whether a rebuild has been here: without its tables there is nothing to fold from."""
    cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"{SCHEMA}.live_base"])
    return bool(cursor.fetchone()[0])
