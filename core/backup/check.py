"""Is a backup what it says: whole, of the right time and version, with every file."""

from __future__ import annotations

import hashlib
import tarfile
from datetime import datetime, timedelta
from pathlib import Path

from core.backup.manifest import DUMP, FILES, Manifest, digest_of, read_manifest
from core.backup.owner import owner_connection
from core.backup.problems import BackupError

MAX_AGE = timedelta(hours=26)
"""One night's backup may be two hours late before it is called stale."""


def newest_backup(target: Path) -> Path:
    """The newest whole backup below a folder of backups; BackupError where there is none."""
    found = sorted(target.glob("zhaocai-*/manifest.json"))
    if not found:
        raise BackupError(f"{target} 中没有完整的备份")
    return found[-1].parent


def problems_of(folder: Path, *, now: datetime, max_age: timedelta = MAX_AGE) -> list[str]:
    """What is wrong with a backup, in Chinese; empty when it may be relied on."""
    try:
        manifest = read_manifest(folder)
    except BackupError as error:
        return [str(error)]
    found = [*_parts(folder, manifest), *_rows(manifest), *_version(manifest)]
    if now - manifest.made_at > max_age:
        hours = (now - manifest.made_at).total_seconds() / 3600
        found.append(
            f"备份已是 {hours:.1f} 小时前的，超过 {max_age.total_seconds() / 3600:.0f} 小时"
        )
    if not any(problem.startswith(FILES) for problem in found):
        found += _files(folder, manifest)
    return found


def _parts(folder: Path, manifest: Manifest) -> list[str]:
    found = []
    for part in (DUMP, FILES):
        path = folder / part
        if not path.is_file():
            found.append(f"{part} 不存在")
            continue
        told, real = manifest.parts[part], digest_of(path)
        if real["bytes"] < told["bytes"]:
            found.append(f"{part} 被截断：应为 {told['bytes']} 字节，现为 {real['bytes']}")
        elif real != told:
            found.append(f"{part} 的摘要不符，内容已改变")
    return found


def _rows(manifest: Manifest) -> list[str]:
    """A platform that runs has migrations, regions and events: none of these means no data."""
    empty = [
        table
        for table in ("public.django_migrations", "public.organisations_user")
        if int(manifest.tables.get(table, {"rows": "0"})["rows"]) == 0
    ]
    return [f"备份是空的：{'、'.join(empty)} 没有一行"] if empty else []


def _version(manifest: Manifest) -> list[str]:
    with owner_connection("postgres") as connection:
        server = connection.server_version // 10_000
    if manifest.server_version > server:
        return [f"备份来自 PostgreSQL {manifest.server_version}，本服务器是 {server}，无法恢复"]
    return []


def _files(folder: Path, manifest: Manifest) -> list[str]:
    wanted = dict(manifest.stored_files)
    try:
        with tarfile.open(folder / FILES) as archive:
            for member in archive:
                stream = archive.extractfile(member)
                if stream is None or member.name not in wanted:
                    return [f"{FILES} 中有不应有的 {member.name}"]
                if hashlib.sha256(stream.read()).hexdigest() != member.name:
                    return [f"附件 {member.name} 的内容与摘要不符"]
                del wanted[member.name]
    except tarfile.TarError as error:
        return [f"{FILES} 读不出来：{error}"]
    return [f"缺少 {len(wanted)} 个附件，第一个是 {min(wanted)}"] if wanted else []
