"""Databases of this run only: created by the owner, pointed at, dropped at the end."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from psycopg2 import errors, sql

PREFIX = "zc_bench_"
ALIASES = ("default", "owner")
VACUUM_SECONDS = 10
_made: list[str] = []


def url_of(address: str, name: str) -> str:
    """The same address with another database."""
    return re.sub(r"/[^/?@]+(\?|$)", rf"/{name}\1", address, count=1)


@contextmanager
def maintenance(owner_url: str) -> Iterator[Any]:
    """A cursor outside of transactions on the owner's ordinary database."""
    connection = psycopg2.connect(owner_url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def create(owner_url: str, label: str, template: str = "template0") -> str:
    """Create an empty database, or a copy of one that nobody is connected to; returns its name."""
    name = f"{PREFIX}{os.getpid()}_{label}"
    with maintenance(owner_url) as cursor:
        cursor.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
    _made.append(name)
    return name


def drop(owner_url: str, name: str) -> None:
    """Drop one database that this run created."""
    with maintenance(owner_url) as cursor:
        _drop(cursor, name)
    _made.remove(name)


def _drop(cursor: Any, name: str) -> None:
    """The server's own vacuum may be in it for a moment; only a superuser could end that."""
    for left in range(VACUUM_SECONDS, -1, -1):
        try:
            cursor.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )
        except errors.InsufficientPrivilege:
            if not left:
                raise
            time.sleep(1)
        else:
            return


def drop_all(owner_url: str) -> None:
    """Drop what this run created, and what a killed run left behind."""
    with maintenance(owner_url) as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}%"])
        for (name,) in cursor.fetchall():
            if name in _made or not _is_alive(int(name.removeprefix(PREFIX).split("_")[0])):
                _drop(cursor, name)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def point_at(name: str) -> None:
    """Let Django's connections in this process, and in processes started later, use `name`."""
    from django.conf import settings
    from django.db import connections

    connections.close_all()
    for alias in ALIASES:
        settings.DATABASES[alias]["NAME"] = name
        connections[alias].settings_dict["NAME"] = name
    for variable in ("DATABASE_URL", "MIGRATION_DATABASE_URL"):
        os.environ[variable] = url_of(os.environ[variable], name)
