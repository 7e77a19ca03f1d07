"""The page that lies with a backup and says what must be in it."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from core.backup.problems import BackupError

DUMP, FILES, MANIFEST = "database.dump", "files.tar", "manifest.json"
FORMAT = 1


@dataclass(frozen=True)
class Manifest:
    """What was in the database and the files at `made_at`, and the digests of the backup's parts.

    `key_mark` tells whether a SECRET_KEY is the one of that time, without telling the key.
    """

    made_at: datetime
    server_version: int
    database: str
    tables: dict[str, dict[str, str]]
    objects: dict[str, dict[str, Any]]
    stored_files: dict[str, int]
    audit_head: str
    migrations: list[str]
    key_mark: str
    parts: dict[str, dict[str, Any]]
    format: int = field(default=FORMAT)

    @property
    def rows(self) -> int:
        return sum(int(table["rows"]) for table in self.tables.values())


def key_mark() -> str:
    return hmac.new(settings.SECRET_KEY.encode(), b"zhaocai backup", "sha256").hexdigest()[:16]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    data = asdict(manifest) | {"made_at": manifest.made_at.isoformat()}
    (folder / MANIFEST).write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n")


def read_manifest(folder: Path) -> Manifest:
    """BackupError where there is none or it cannot be read."""
    path = folder / MANIFEST
    if not path.is_file():
        raise BackupError(f"{folder} 不是完整的备份：没有 {MANIFEST}（备份没有做完）")
    try:
        data = json.loads(path.read_text())
        if data["format"] != FORMAT:
            raise BackupError(f"{path} 的格式是 {data['format']}，本程序只认识 {FORMAT}")
        return Manifest(**{**data, "made_at": datetime.fromisoformat(data["made_at"])})
    except (ValueError, KeyError, TypeError) as error:
        raise BackupError(f"{path} 读不出来，已损坏：{error}") from error


def digest_of(path: Path) -> dict[str, Any]:
    """Size and SHA-256 of a part."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return {"bytes": path.stat().st_size, "sha256": digest.hexdigest()}
