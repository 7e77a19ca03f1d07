"""Heads kept outside the database: written once per block, chained, signed, and compared."""

from __future__ import annotations

import json
import stat
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from core.audit.checking import check_trail
from core.audit.heads import export_head, heads_file, kept_heads, read_heads
from core.audit.models import AuditEvent
from core.audit.sealing import seal_trail
from tests.factories import core as make
from tests.factories import organisations as people

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 4, tzinfo=people.LONG_AGO.tzinfo)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.AUDIT_HEAD_DIR = tmp_path / "heads"
    return Path(settings.AUDIT_HEAD_DIR)


def _blocks(number: int) -> None:
    for _ in range(number):
        make.audit_event(at=NOW)
        seal_trail(at=NOW)
        export_head(at=NOW)


def test_each_block_is_written_once_and_readable_by_us_alone() -> None:
    assert export_head(at=NOW) is None
    _blocks(3)
    assert export_head(at=NOW) is None
    kept = kept_heads()
    assert (len(kept.heads), kept.problems) == (3, ())
    assert [head.blocks for head in kept.heads] == sorted(head.blocks for head in kept.heads)
    assert stat.S_IMODE(heads_file().stat().st_mode) == 0o600
    assert check_trail(now=timezone.now(), heads=kept.heads) == []


def _lines() -> list[str]:
    return heads_file().read_text(encoding="utf-8").splitlines()


def test_line_taken_out_of_the_middle_is_found() -> None:
    _blocks(3)
    lines = _lines()
    kept = read_heads("\n".join([lines[0], lines[2]]))
    assert kept.problems == ("留存文件第 2 行与上一行不相接，之前有行被删除或改动",)


def test_changed_line_is_found() -> None:
    _blocks(2)
    lines = _lines()
    held = json.loads(lines[0])
    held["digest"] = "0" * 64
    kept = read_heads("\n".join([json.dumps(held), lines[1]]))
    assert kept.problems[0] == "留存文件第 1 行签名不符，内容被改动"
    assert len(kept.problems) == 2


def test_line_signed_with_another_key_is_found(settings: Any) -> None:
    _blocks(1)
    settings.SECRET_KEY = "a key of somebody else"
    settings.SECRET_KEY_FALLBACKS = []
    assert kept_heads().problems == ("留存文件第 1 行签名不符，内容被改动",)


def test_line_of_a_former_key_is_good(settings: Any) -> None:
    _blocks(1)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the new key"
    assert kept_heads().problems == ()


def test_rubbish_is_named_by_line() -> None:
    assert read_heads("{}\n[1]\nnot json").problems == tuple(
        f"留存文件第 {number} 行无法识别" for number in (1, 2, 3)
    )


def test_command_passes_and_names_the_first_broken_place(tmp_path: Path, capsys: Any) -> None:
    _blocks(2)
    call_command("verify_audit")
    assert "一致" in capsys.readouterr().out
    cut = tmp_path / "cut.jsonl"
    cut.write_text("\n".join(_lines()), encoding="utf-8")
    heads_file().write_text("", encoding="utf-8")
    call_command("verify_audit", heads=str(cut))
    cut.write_text("x\n" + "\n".join(_lines()), encoding="utf-8")
    with pytest.raises(CommandError, match="第 1 行无法识别"):
        call_command("verify_audit", heads=str(cut))
    with pytest.raises(CommandError, match="读不出留存文件"):
        call_command("verify_audit", heads=str(tmp_path / "none"))


def test_auditor_takes_a_copy_and_brings_it_back(tmp_path: Path) -> None:
    _blocks(2)
    client = Client()
    client.force_login(people.administrator("auditor"))
    copy = client.post("/platform/audit/heads/").content
    assert len(copy.splitlines()) == 2
    assert AuditEvent.objects.get(action="audit.download_heads").detail == {"lines": 2}
    path = tmp_path / "heads.jsonl"
    path.write_bytes(copy)
    with path.open("rb") as stream:
        page = client.post("/platform/audit/integrity/", {"copy": stream}).content.decode()
    assert "核对通过" in page
    heads_file().write_text(_lines()[0] + "\n", encoding="utf-8")
    with path.open("rb") as stream:
        page = client.post("/platform/audit/integrity/", {"copy": stream}).content.decode()
    assert "缺少您所持副本中的行" in page


def test_file_that_is_none_of_ours_is_refused(tmp_path: Path) -> None:
    client = Client()
    client.force_login(people.administrator("auditor"))
    path = tmp_path / "x.bin"
    path.write_bytes(b"\xff\xfe\x00")
    with path.open("rb") as stream:
        assert client.post("/platform/audit/integrity/", {"copy": stream}).status_code == 400
