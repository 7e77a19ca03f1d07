"""A connection of the owner that may see every row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from django.conf import settings

from core.backup.problems import BackupError


@contextmanager
def owner_connection(database: str | None = None) -> Iterator[Any]:
    """As MIGRATION_DATABASE_URL says, on `database` where it is named; closed afterwards."""
    owner = settings.DATABASES["owner"]
    try:
        connection = psycopg2.connect(
            host=owner["HOST"],
            port=owner["PORT"] or None,
            user=owner["USER"],
            password=owner["PASSWORD"],
            dbname=database or owner["NAME"],
        )
    except psycopg2.OperationalError as error:
        raise BackupError(f"连不上数据库：{str(error).strip()}") from error
    try:
        yield connection
    finally:
        connection.close()


def require_whole_sight(cursor: Any) -> None:
    """A role under row-level security or without a grant would write a dump that lacks rows."""
    cursor.execute(
        "SELECT rolname, rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = current_user"
    )
    role, sees_all = cursor.fetchone()
    if not sees_all:
        raise BackupError(
            f"角色 {role} 没有 BYPASSRLS，备份可能缺行。"
            "请把 MIGRATION_DATABASE_URL 设为属主角色（见运行维护手册“数据库角色”）"
        )
    cursor.execute(
        "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname IN ('public', 'rollup') AND c.relkind IN ('r', 'p')"
        " AND NOT has_table_privilege(c.oid, 'SELECT') LIMIT 5"
    )
    unread = [row[0] for row in cursor.fetchall()]
    if unread:
        raise BackupError(f"角色 {role} 不能读取 {'、'.join(unread)}，备份会缺表")
