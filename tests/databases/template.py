"""The migrated template, cached by a hash of everything that shapes it.

A template that lacks nothing but the newest migrations is copied and migrated on, as a running
installation would be; only what else changed, or a migration that was edited, costs a whole run.
"""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg2 import sql

from core.database.fingerprint import database_fingerprint, shaping_files
from tests.databases import server
from tests.databases.pointing import point_at

_PREFIX = "zc_template_"
_LOCK = 7_302_311
_KEPT = 6
"""Templates of other states of the code that are kept; older ones are dropped."""


def ready_template() -> str:
    """Name of the template for the present migrations, migrated now if there is none."""
    name = _PREFIX + database_fingerprint(Path(settings.BASE_DIR), settings.OUR_APPS)
    with server.owner_cursor() as cursor:
        # One builder at a time; released with the connection.
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        server.drop_left_over_clones(cursor)
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            _build(cursor, name)
            _drop_old(cursor, keep=name)
    return name


def _build(cursor: Any, name: str) -> None:
    draft = f"{name}_draft"
    server.drop(cursor, draft)
    files = shaping_files(Path(settings.BASE_DIR), settings.OUR_APPS)
    server.create(cursor, draft, template=_begun(cursor, files))
    with point_at(draft):
        call_command("migrate", verbosity=0, interactive=False)
        connections.close_all()
    cursor.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
            sql.Identifier(draft), sql.Identifier(name)
        )
    )
    cursor.execute(
        sql.SQL(
            "DO $$ BEGIN EXECUTE format('COMMENT ON DATABASE %I IS %L', {}, now() || {}); END $$"
        ).format(sql.Literal(name), sql.Literal(f" {json.dumps(files)}"))
    )


def _begun(cursor: Any, files: dict[str, str]) -> str | None:
    """The template with the most of these files that differs by nothing but missing migrations."""
    cursor.execute(
        "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database"
        " WHERE datname LIKE %s AND datname NOT LIKE %s",
        [_PREFIX + "%", "%_draft"],
    )
    begun = {}
    for name, comment in cursor.fetchall():
        _, brace, rest = (comment or "").partition("{")
        if not brace:
            continue
        had = json.loads(brace + rest)
        missing = files.keys() - had.keys()
        if had.items() <= files.items() and all("/migrations/" in path for path in missing):
            begun[name] = len(had)
    return max(begun, key=lambda name: begun[name], default=None)


def _drop_old(cursor: Any, keep: str) -> None:
    cursor.execute(
        """
        SELECT datname FROM pg_database
        WHERE datname LIKE %s AND datname NOT LIKE %s AND datname <> %s
        ORDER BY split_part(shobj_description(oid, 'pg_database'), ' {', 1)::timestamptz DESC NULLS LAST
        OFFSET %s
        """,
        [_PREFIX + "%", "%_draft", keep, _KEPT],
    )
    for (old,) in cursor.fetchall():
        server.drop(cursor, old)
