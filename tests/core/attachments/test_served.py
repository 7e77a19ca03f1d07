"""How evidence is served: as an attachment, never guessed at, never from quarantine."""

from __future__ import annotations

from contextlib import closing

import pytest
from django.test import Client

from core.attachments.models import Attachment, StoredFile
from core.attachments.store import attach
from tests.core.attachments.files import EICAR, PDF, SCRIPT, upload, zipped
from tests.monitoring.warnings.cast import NOW, Cast, the_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return the_cast()


def kept(cast: Cast, name: str, body: bytes) -> Attachment:
    (made,) = attach(
        owner_type="warning", owner_id=cast.warning.pk, uploads=[upload(name, body)],
        by=cast.clerk, at=NOW,
    )  # fmt: skip
    return made


def address(cast: Cast, attachment: Attachment) -> str:
    return f"/monitoring/warnings/{cast.warning.warning_no}/files/{attachment.pk}/"


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("说明.pdf", PDF),
        ("polyglot.pdf", PDF + SCRIPT),
        ("x.html.pdf", PDF + SCRIPT),
        ("x.svg.jpg", b"\xff\xd8\xff" + b"<svg onload=alert(1)>"),
        ("jar.docx", zipped("META-INF/MANIFEST.MF")),
        ('"; filename="x.html.pdf', PDF),
        ("<script>.png", b"\x89PNG\r\n\x1a\n" + SCRIPT),
    ],
)
def test_evidence_is_downloaded_and_never_run(
    cast: Cast, client: Client, name: str, body: bytes
) -> None:
    made = kept(cast, name, body)
    client.force_login(cast.clerk)
    with closing(client.get(address(cast, made))) as answer:
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content) == body  # type: ignore[attr-defined]
    assert answer["Content-Disposition"].startswith("attachment; filename")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == made.file.content_type
    assert "html" not in answer["Content-Type"]
    assert "svg" not in answer["Content-Type"]
    assert "default-src" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("scan", ["quarantined", "pending"])
def test_what_did_not_pass_is_not_there(cast: Cast, client: Client, scan: str) -> None:
    made = kept(cast, "x.pdf", PDF + scan.encode())
    StoredFile.objects.filter(pk=made.file_id).update(scan=scan)
    client.force_login(cast.clerk)
    assert client.get(address(cast, made)).status_code == 404


def test_virus_is_never_served_but_named(cast: Cast, client: Client) -> None:
    made = kept(cast, "病毒报告.pdf", PDF + EICAR)
    for user in (cast.clerk, cast.county, cast.province):
        client.force_login(user)
        assert client.get(address(cast, made)).status_code == 404
    page = client.get(f"/monitoring/warnings/{cast.warning.warning_no}/")
    assert page.status_code == 200
    assert address(cast, made) not in page.content.decode()


def test_evidence_is_not_found_through_another_warning(cast: Cast, client: Client) -> None:
    other = the_cast()
    made = kept(other, "x.pdf", PDF)
    client.force_login(cast.clerk)
    assert client.get(address(cast, made)).status_code == 404
    assert client.get(address(other, made)).status_code == 404
    client.force_login(other.clerk)
    with closing(client.get(address(other, made))) as answer:
        assert answer.status_code == 200
