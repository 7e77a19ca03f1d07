"""What is kept of an upload, where, and what is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile

from core.attachments import inspect
from core.attachments.models import Attachment, StoredFile
from core.attachments.store import MAX_FILES, attach, path_of
from core.audit.models import AuditEvent
from core.audit.record import SystemActor
from core.transitions import MissingInput
from tests.core.attachments.files import EICAR, JPG, PDF, PNG, SCRIPT, upload, zipped
from tests.factories.organisations import LONG_AGO

pytestmark = pytest.mark.django_db
TESTER = SystemActor(audit_name="测试", audit_id=7)


def keep(*uploads: UploadedFile, owner: int = 1) -> list[Attachment]:
    return attach(owner_type="test", owner_id=owner, uploads=uploads, by=TESTER, at=LONG_AGO)


def on_disk() -> set[str]:
    return {path.name for path in Path(settings.FILES_DIR).rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("name", "body", "kind"),
    [
        ("说明.pdf", PDF, "application/pdf"),
        ("照片.JPG", JPG, "image/jpeg"),
        ("照片.jpeg", JPG, "image/jpeg"),
        ("截图.png", PNG, "image/png"),
        ("说明.docx", zipped(), inspect.KINDS["docx"][0]),
        ("表.xlsx", zipped("xl/workbook.xml"), inspect.KINDS["xlsx"][0]),
    ],
)
def test_type_is_decided_by_us(name: str, body: bytes, kind: str) -> None:
    (kept,) = keep(upload(name, body, "text/html"))
    assert (kept.name, kept.file.content_type, kept.file.scan) == (name, kind, "clean")
    assert path_of(kept.file).read_bytes() == body


def test_same_content_is_kept_once_under_its_digest() -> None:
    body = PDF + b"same"
    first = keep(upload("甲.pdf", body), owner=1)[0]
    second = keep(upload("乙.pdf", body), owner=2)[0]
    digest = hashlib.sha256(body).hexdigest()
    assert first.file_id == second.file_id
    assert (first.name, second.name) == ("甲.pdf", "乙.pdf")
    assert StoredFile.objects.filter(sha256=digest).count() == 1
    assert path_of(first.file) == Path(settings.FILES_DIR) / digest[:2] / digest
    assert [name for name in on_disk() if name == digest] == [digest]
    assert path_of(first.file).stat().st_mode & 0o077 == 0, "nobody else reads it"


HOSTILE_NAMES = [
    "../../etc/passwd.pdf", "..\\..\\windows\\system32\\x.pdf", "/etc/cron.d/x.pdf",
    "C:\\Users\\x.pdf", "a/b/c.pdf", "....//x.pdf", "x\r\nSet-Cookie: a=b.pdf", "\u202efdp.pdf",
    "名" * 500 + ".pdf", "<script>alert(1)</script>.pdf", "' OR 1=1 --.pdf", ".pdf", "﻿x.pdf",
    "%2e%2e%2fx.pdf", "x\x1b[31m.pdf",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_path_never_comes_from_the_name(name: str) -> None:
    body = PDF + name.encode()
    before = on_disk()
    (kept,) = keep(upload(name, body))
    digest = hashlib.sha256(body).hexdigest()
    assert on_disk() - before == {digest}
    assert path_of(kept.file).is_relative_to(settings.FILES_DIR)
    assert not set(kept.name) & set("/\\\r\n\x00\u202e\x1b")
    assert len(kept.name) <= 200
    assert kept.name.endswith(".pdf")


def test_known_test_virus_is_set_apart() -> None:
    (kept,) = keep(upload("报告.pdf", PDF + EICAR))
    assert kept.file.scan == StoredFile.Scan.QUARANTINED
    again = keep(upload("另一个名字.pdf", PDF + EICAR), owner=2)[0]
    assert again.file.scan == StoredFile.Scan.QUARANTINED


REFUSED = [
    ("x.html", SCRIPT), ("x.svg", b"<svg onload=alert(1)>"), ("x.exe", b"MZ"), ("x.js", b"alert(1)"),
    ("x.htm", SCRIPT), ("x.xml", b"<x/>"), ("x.zip", zipped()), ("x.xlsm", zipped()),
    ("x.doc", b"\xd0\xcf\x11\xe0"), ("x", PDF), ("", PDF), ("pdf", PDF), ("x.pdf.html", SCRIPT),
    ("x.pdf.exe", b"MZ"), ("x.pdf.", PDF), ("x.pdf ", PDF), ("x.pdf;.html", SCRIPT),
    ("x.pdf%00.html", SCRIPT), ("x.pdf", SCRIPT), ("x.html.pdf", SCRIPT), ("x.jpg", SCRIPT),
    ("x.png", JPG), ("x.jpg", PNG), ("x.pdf", b" %PDF-1.7"), ("x.pdf", b"\n" + PDF),
    ("x.docx", b"\xd0\xcf\x11\xe0"), ("x.xlsx", PDF), ("x.pdf", zipped()), ("x.pdf", EICAR),
    ("x.pdf", b""), ("x.pdf", b"%PD"), ("x\u202efdp.exe", b"MZ"), ("x.ｐｄｆ", PDF),
]  # fmt: skip


@pytest.mark.parametrize(("name", "body"), REFUSED)
def test_wrong_file_is_refused_in_chinese_with_a_way_out(name: str, body: bytes) -> None:
    before = on_disk()
    with pytest.raises(MissingInput) as caught:
        keep(upload(name, body))
    assert (caught.value.field, caught.value.status) == ("files", 400)
    assert "后再传" in caught.value.reason or "重新选择" in caught.value.reason
    assert on_disk() == before
    assert not Attachment.objects.exists()
    assert not StoredFile.objects.exists()


def test_one_wrong_file_keeps_none() -> None:
    before = on_disk()
    with pytest.raises(MissingInput):
        keep(upload("好.pdf", PDF + b"good"), upload("坏.exe", b"MZ"))
    assert not Attachment.objects.exists()
    assert on_disk() == before


def test_too_large_and_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "UPLOAD_MAX_BYTES", len(PDF))
    assert len(keep(upload("x.pdf", PDF))) == 1
    with pytest.raises(MissingInput, match="“y.pdf”超过"):
        keep(upload("y.pdf", PDF + b"1"))
    with pytest.raises(MissingInput, match=f"一次最多上传 {MAX_FILES} 个文件"):
        keep(*(upload(f"{n}.pdf") for n in range(MAX_FILES + 1)))


def test_file_that_was_read_before_is_kept_whole() -> None:
    """As when an operation is repeated after a deadlock."""
    read: SimpleUploadedFile = upload("x.pdf", PDF + b"read")
    read.read()
    (kept,) = keep(read)
    assert path_of(kept.file).read_bytes() == PDF + b"read"


def test_lost_file_is_written_again() -> None:
    """A row whose bytes are gone (a restore without the files) mends with the next upload."""
    body = PDF + b"lost"
    (kept,) = keep(upload("x.pdf", body))
    path_of(kept.file).unlink()
    keep(upload("x.pdf", body))
    assert path_of(kept.file).read_bytes() == body


def test_what_was_kept_is_in_the_trail() -> None:
    uploads: Sequence[UploadedFile] = [upload("x.pdf", PDF + b"trail")]
    keep(*uploads, owner=5)
    event = AuditEvent.objects.get(action="attachment.add")
    digest = hashlib.sha256(PDF + b"trail").hexdigest()
    assert event.detail == {"files": [{"name": "x.pdf", "sha256": digest}]}
    assert keep(owner=5) == []
    assert AuditEvent.objects.filter(action="attachment.add").count() == 1
