"""The server must be PostgreSQL 18 or newer."""

from django.db.backends.base.base import BaseDatabaseWrapper

MINIMUM = 18


class OldServerError(Exception):
    """The server is too old; the text names both versions."""


def require_version(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        number = int(cursor.fetchone()[0])
    if number // 10000 < MINIMUM:
        raise OldServerError(
            f"数据库是 PostgreSQL {number // 10000}，需要 {MINIMUM} 或更高版本；请升级后重试。"
        )
