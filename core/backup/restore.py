"""Put a backup into an empty database and show that everything came back."""

from __future__ import annotations

import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from psycopg2 import sql
from psycopg2.errors import InsufficientPrivilege

from core.backup import contents
from core.backup.check import problems_of
from core.backup.make import Say
from core.backup.manifest import DUMP, FILES, Manifest, key_mark, read_manifest
from core.backup.owner import owner_connection
from core.backup.problems import BackupError
from core.backup.programs import run_program

FOREVER = timedelta(days=36_500)
DROP_TRIES = 60
"""Seconds for which a drill waits for the server's own workers in its database."""


@dataclass(frozen=True)
class Outcome:
    """What was restored and what differs; `differences` empty means that all came back."""

    folder: Path
    manifest: Manifest
    database: str
    seconds: float
    differences: list[str] = field(default_factory=list)


def restore_backup(
    folder: Path, *, database: str, files_home: Path, now: datetime, say: Say
) -> Outcome:
    """Restore into the existing, empty `database` and `files_home`; BackupError names what is in the way.

    An old backup may be restored; a damaged one may not.
    """
    started = time.monotonic()
    damage = problems_of(folder, now=now, max_age=FOREVER)
    if damage:
        raise BackupError("备份不可用：" + "；".join(damage))
    manifest = read_manifest(folder)
    _require_empty(database, files_home)
    say(f"恢复数据库 {database}（{manifest.rows} 行）")
    run_program("pg_restore", _arguments(folder), database=database)
    say(f"恢复附件 {len(manifest.stored_files)} 个到 {files_home}")
    _unpack(folder / FILES, files_home)
    say("逐表核对")
    differences = _compare(manifest, database, files_home)
    return Outcome(folder, manifest, database, time.monotonic() - started, differences)


@contextmanager
def throwaway_database() -> Iterator[str]:
    """An empty database of the owner for a drill, dropped afterwards."""
    name = f"zhaocai_drill_{uuid4().hex[:12]}"
    with owner_connection("postgres") as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name))
            )
            try:
                yield name
            finally:
                _drop(cursor, name)


def _drop(cursor: Any, name: str) -> None:
    """Drop the drill's database, waiting for the server's own workers in it.

    An autovacuum worker is not the owner's to end (InsufficientPrivilege); it ends by itself.
    """
    for left in reversed(range(DROP_TRIES)):
        try:
            cursor.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )
            return
        except InsufficientPrivilege:
            if not left:
                raise
            time.sleep(1)


def _arguments(folder: Path) -> list[str]:
    # --dbname makes it restore and not print; the name itself comes from PGDATABASE.
    return ["--exit-on-error", "--single-transaction", "--dbname=", str(folder / DUMP)]


def _require_empty(database: str, files_home: Path) -> None:
    with owner_connection(database) as connection, connection.cursor() as cursor:
        filled = [f"{schema}.{name}" for schema, name in contents.tables(cursor)]
    if filled:
        raise BackupError(
            f"数据库 {database} 不是空的（有 {len(filled)} 个表，如 {filled[0]}）。"
            "请恢复到新建的空库，核对后再切换 DATABASE_URL"
        )
    if files_home.exists() and any(files_home.iterdir()):
        raise BackupError(f"附件目录 {files_home} 不是空的，请指定一个新目录")


def _unpack(archive_path: Path, home: Path) -> None:
    with tarfile.open(archive_path) as archive:
        for member in archive:
            stream = archive.extractfile(member)
            if stream is None:
                raise BackupError(f"{FILES} 中的 {member.name} 不是文件")
            target = home / member.name[:2] / member.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(stream.read())


def _compare(manifest: Manifest, database: str, files_home: Path) -> list[str]:
    with owner_connection(database) as connection, connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        sums = contents.table_sums(cursor)
        found = contents.objects(cursor)
        behind = contents.lagging_sequences(cursor)
        head = contents.audit_head(cursor)
    differences = [
        f"表 {table}：备份时 {manifest.tables.get(table, {}).get('rows', '没有')} 行，"
        f"恢复后 {sums.get(table, {}).get('rows', '没有')} 行，或内容不同"
        for table in sorted(manifest.tables.keys() | sums.keys())
        if manifest.tables.get(table) != sums.get(table)
    ]
    differences += [
        f"{kind}：备份时 {manifest.objects[kind]['count']} 个，恢复后 {found[kind]['count']} 个，或定义不同"
        for kind in manifest.objects
        if manifest.objects[kind] != found.get(kind)
    ]
    differences += [f"序列落后：{column} 的下一个编号已被使用" for column in behind]
    if head != manifest.audit_head:
        differences.append("审计链的末端摘要不同")
    missing = [
        digest
        for digest in manifest.stored_files
        if not (files_home / digest[:2] / digest).is_file()
    ]
    if missing:
        differences.append(f"缺少 {len(missing)} 个附件")
    if manifest.key_mark != key_mark():
        differences.append(
            "当前的 SECRET_KEY 不是备份时的：会话、令牌与签名链接会失效，请取回当时单独保管的密钥"
        )
    return differences
