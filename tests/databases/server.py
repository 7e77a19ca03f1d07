"""Owner's access to the server: create, clone and drop test databases."""

import hashlib
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from django.conf import settings
from psycopg2 import sql

_HOST = hashlib.sha256(socket.gethostname().encode()).hexdigest()[:6]
CLONE_PREFIX = f"zc_test_{_HOST}_"
"""Followed by the pid of its run, so that a later run can tell which are left over."""
_DROP_SECONDS = 20


@contextmanager
def owner_cursor() -> Iterator[Any]:
    """A cursor outside of transactions on the owner's ordinary database."""
    owner = settings.DATABASES["owner"]
    connection = psycopg2.connect(
        host=owner["HOST"],
        port=owner["PORT"] or None,
        user=owner["USER"],
        password=owner["PASSWORD"],
        dbname=_MAINTENANCE.get("database", owner["NAME"]),
    )
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


_MAINTENANCE: dict[str, str] = {}
"""The owner's database before the settings were pointed at a clone."""


def remember_maintenance_database() -> None:
    _MAINTENANCE.setdefault("database", settings.DATABASES["owner"]["NAME"])


def create(cursor: Any, name: str, template: str | None = None) -> None:
    # Files are copied at a third of the price of pages through the log, where checkpoints are cheap.
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY {}").format(
        sql.Identifier(name),
        sql.Identifier(template or "template0"),
        sql.Literal(_strategy(cursor)),
    )
    cursor.execute(statement)


def _strategy(cursor: Any) -> str:
    cursor.execute("SHOW fsync")
    return "file_copy" if cursor.fetchone() == ("off",) else "wal_log"


def drop(cursor: Any, name: str) -> None:
    """Drop with force; again while a process that the owner may not end (autovacuum) is in it."""
    command = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    deadline = time.monotonic() + _DROP_SECONDS
    while True:
        try:
            cursor.execute(command)
            return
        except (psycopg2.errors.InsufficientPrivilege, psycopg2.errors.ObjectInUse):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def drop_left_over_clones(cursor: Any) -> None:
    """Drop clones whose run on this machine has died."""
    cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [CLONE_PREFIX + "%"])
    for (name,) in cursor.fetchall():
        pid = name.removeprefix(CLONE_PREFIX).split("_")[0]
        if not _is_alive(int(pid)):
            drop(cursor, name)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
