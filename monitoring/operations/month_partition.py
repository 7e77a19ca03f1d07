"""Replace the figures of a month as a whole: build a table beside, then swap it in as a partition."""

from __future__ import annotations

import re
import time
from datetime import date

from django.db import OperationalError, connection, transaction

PARENT = "rollup.indicator_value"
LOCK_WAIT = "2s"
ATTEMPTS = 60
PAUSE_SECONDS = 0.5
LOCK_NOT_AVAILABLE = "55P03"


def partition_of(month: date) -> str:
    return f"{PARENT}_{month:%Y%m}"


def start_new_table(month: date) -> str:
    """Create an empty table of the month beside the live one; returns its name."""
    name = f"{partition_of(month)}_new"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {name}")
        cursor.execute(
            f"CREATE TABLE {name} (LIKE {PARENT} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)"
        )
        cursor.execute(
            f"ALTER TABLE {name} ALTER id SET DEFAULT"
            f" nextval(pg_get_serial_sequence('{PARENT}', 'id'))"
        )
        # With this check in place attaching does not read the table again.
        cursor.execute(f"ALTER TABLE {name} ADD CHECK (month = %s)", [month])
    return name


def finish_new_table(name: str) -> None:
    """Give the filled table the parent's indexes and statistics."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_indexdef(indexrelid), indisprimary FROM pg_index"
            " WHERE indrelid = %s::regclass ORDER BY indexrelid",
            [PARENT],
        )
        for definition, is_primary in cursor.fetchall():
            if is_primary:
                cursor.execute(f"ALTER TABLE {name} ADD PRIMARY KEY (id, month)")
            else:
                how = re.split(r" USING ", definition, maxsplit=1)[1]
                cursor.execute(f"CREATE INDEX ON {name} USING {how}")
        cursor.execute(f"ALTER TABLE {name} ALTER id DROP DEFAULT")
        cursor.execute(f"ANALYZE {name}")


def swap_in(month: date, name: str, *, keep: bool) -> None:
    """Put the new table in the place of the month's partition; without `keep` only take that out.

    Waits for readers in short steps, so that those behind us are not held up. Raises
    OperationalError when the table stays in use for half a minute and more.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                _swap(month, name, keep=keep)
            return
        except OperationalError as error:
            code = getattr(error.__cause__, "pgcode", None)
            if code != LOCK_NOT_AVAILABLE or attempt == ATTEMPTS:
                raise
            time.sleep(PAUSE_SECONDS)


def _swap(month: date, name: str, *, keep: bool) -> None:
    live = partition_of(month)
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        before = cursor.fetchone()[0]
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [live])
        if cursor.fetchone()[0]:
            cursor.execute(f"DROP TABLE {live}")
        if keep:
            cursor.execute(f"ALTER TABLE {name} RENAME TO {live.split('.')[1]}")
            cursor.execute(
                f"ALTER TABLE {PARENT} ATTACH PARTITION {live} FOR VALUES IN (%s)", [month]
            )
        else:
            cursor.execute(f"DROP TABLE {name}")
        cursor.execute(f"SET LOCAL lock_timeout = '{before}'")
