"""Make a backup: database, files and manifest of one moment, named only when it is whole."""

from __future__ import annotations

import shutil
import tarfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings

from core.backup import contents
from core.backup.manifest import (
    DUMP,
    FILES,
    Manifest,
    digest_of,
    key_mark,
    write_manifest,
)
from core.backup.owner import owner_connection, require_whole_sight
from core.backup.problems import BackupError
from core.backup.programs import run_program

Say = Callable[[str], None]


def make_backup(target: Path, *, at: datetime, say: Say) -> Path:
    """Write a folder `zhaocai-<time>` below `target` and return it; BackupError and nothing there.

    Figures and dump are of one snapshot. Files follow the database: they are never changed or
    removed, so every file that the snapshot names is there.
    """
    name = f"zhaocai-{at:%Y%m%dT%H%M%SZ}"
    draft, whole = target / f".{name}.part", target / name
    if whole.exists():
        raise BackupError(f"{whole} 已存在")
    try:
        target.mkdir(parents=True, exist_ok=True)
        draft.mkdir(mode=0o700)
        _fill(draft, at=at, say=say)
        draft.rename(whole)
    except OSError as error:
        raise BackupError(
            f"写不进 {target}：{error.strerror}（{error.filename or draft}）"
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return whole


def _fill(folder: Path, *, at: datetime, say: Say) -> None:
    with owner_connection() as connection:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with connection.cursor() as cursor:
            require_whole_sight(cursor)
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
            say("清点各表")
            sums = contents.table_sums(cursor)
            found = contents.objects(cursor)
            files = contents.stored_files(cursor)
            head = contents.audit_head(cursor)
            cursor.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
            migrations = [row[0] for row in cursor.fetchall()]
            cursor.execute("SELECT current_database()")
            database = cursor.fetchone()[0]
            say("写出数据库")
            run_program(
                "pg_dump",
                ["--format=custom", f"--snapshot={snapshot}", f"--file={folder / DUMP}"],
                database=database,
            )
        version = connection.server_version // 10_000
    say(f"写出附件 {len(files)} 个")
    _pack_files(folder / FILES, files)
    write_manifest(
        folder,
        Manifest(
            made_at=at,
            server_version=version,
            database=database,
            tables=sums,
            objects=found,
            stored_files=files,
            audit_head=head,
            migrations=migrations,
            key_mark=key_mark(),
            parts={part: digest_of(folder / part) for part in (DUMP, FILES)},
        ),
    )


def _pack_files(path: Path, files: dict[str, int]) -> None:
    home = Path(settings.FILES_DIR)
    missing = [digest for digest in files if not (home / digest[:2] / digest).is_file()]
    if missing:
        raise BackupError(
            f"附件目录 {home} 缺少 {len(missing)} 个文件，第一个是 {missing[0]}；"
            "请检查 FILES_DIR 是否指向各进程共用的目录"
        )
    with tarfile.open(path, "w") as archive:
        for digest in sorted(files):
            archive.add(home / digest[:2] / digest, arcname=digest)
