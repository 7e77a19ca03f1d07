"""M-6: truncated, empty, wrong role, wrong version, disk full, stale, missing uploads: 7 of 7 told."""

from __future__ import annotations

import io
import json
import tarfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from core.backup import make
from core.backup.check import problems_of
from core.backup.make import make_backup
from core.backup.manifest import DUMP, FILES, MANIFEST, digest_of
from core.backup.problems import BackupError
from tests.core.backup.conftest import Made


def _change(folder: Path, **values: Any) -> None:
    path = folder / MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def _said(folder: Path) -> str:
    return "；".join(problems_of(folder, now=timezone.now()))


def _quiet(_: str) -> None:
    return None


def test_a_good_backup_is_called_good(made: Made) -> None:
    assert problems_of(made.folder, now=timezone.now()) == []
    call_command("check_backup", str(made.folder.parent))


def test_truncated(copy: Path) -> None:
    dump = copy / DUMP
    dump.write_bytes(dump.read_bytes()[:-1])
    assert f"{DUMP} 被截断" in _said(copy)


def test_changed_without_changing_its_size(copy: Path) -> None:
    dump = copy / DUMP
    body = bytearray(dump.read_bytes())
    body[len(body) // 2] ^= 1
    dump.write_bytes(bytes(body))
    assert "摘要不符" in _said(copy)


def test_empty(copy: Path) -> None:
    tables = json.loads((copy / MANIFEST).read_text())["tables"]
    tables["public.organisations_user"]["rows"] = "0"
    _change(copy, tables=tables)
    assert "备份是空的" in _said(copy)


def test_made_by_a_role_that_does_not_see_all(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = settings.DATABASES["default"]
    for key in ("USER", "PASSWORD"):
        monkeypatch.setitem(settings.DATABASES["owner"], key, application[key])
    with pytest.raises(BackupError, match="没有 BYPASSRLS"):
        make_backup(tmp_path, at=timezone.now(), say=_quiet)
    assert list(tmp_path.iterdir()) == []


def test_of_a_newer_server(copy: Path) -> None:
    _change(copy, server_version=99)
    assert "来自 PostgreSQL 99" in _said(copy)


def test_the_disk_is_full(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left that could be taken for a backup."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", str(tmp_path))

    monkeypatch.setattr(make, "_pack_files", full)
    with pytest.raises(BackupError, match="No space left"):
        make_backup(tmp_path, at=timezone.now(), say=_quiet)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(CommandError, match="没有完整的备份"):
        call_command("check_backup", str(tmp_path))


def test_one_that_stopped_half_way_has_no_manifest(copy: Path) -> None:
    (copy / MANIFEST).unlink()
    assert "备份没有做完" in _said(copy)


@pytest.mark.parametrize(("hours", "stale"), [(25.9, False), (26.1, True)])
def test_stale_after_26_hours(copy: Path, hours: float, stale: bool) -> None:
    _change(copy, made_at=(timezone.now() - timedelta(hours=hours)).isoformat())
    assert ("小时前的" in _said(copy)) is stale


def test_missing_uploads(copy: Path) -> None:
    with tarfile.open(copy / FILES, "w"):
        pass
    _change(copy, parts={part: digest_of(copy / part) for part in (DUMP, FILES)})
    assert "缺少 1 个附件" in _said(copy)


def test_an_upload_of_other_content(copy: Path) -> None:
    (digest,) = json.loads((copy / MANIFEST).read_text())["stored_files"]
    entry = tarfile.TarInfo(digest)
    entry.size = 3
    with tarfile.open(copy / FILES, "w") as archive:
        archive.addfile(entry, io.BytesIO(b"abc"))
    _change(copy, parts={part: digest_of(copy / part) for part in (DUMP, FILES)})
    assert "内容与摘要不符" in _said(copy)


def test_an_upload_that_is_gone_from_the_folder_stops_the_backup(
    made: Made, tmp_path: Path, stored_file: Path
) -> None:
    aside = stored_file.rename(stored_file.with_suffix(".aside"))
    try:
        with pytest.raises(BackupError, match="缺少 1 个文件"):
            make_backup(tmp_path, at=timezone.now(), say=_quiet)
    finally:
        aside.rename(stored_file)
    assert list(tmp_path.iterdir()) == []
