"""Keep uploaded files: bytes on disk under their digest, a row that says whose they are."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from core.attachments.inspect import inspect
from core.attachments.models import Attachment, StoredFile
from core.audit.record import Actor, record
from core.operations import operation
from core.transitions.refusals import MissingInput

MAX_FILES = 10


def path_of(file: StoredFile) -> Path:
    """Where the bytes of a stored file lie."""
    return Path(settings.FILES_DIR) / file.sha256[:2] / file.sha256


@operation
def attach(
    *,
    owner_type: str,
    owner_id: int,
    uploads: Sequence[UploadedFile],
    by: Actor,
    at: datetime,
) -> list[Attachment]:
    """Keep the uploads for one object. All of them or, when one is refused, none.

    A file with a known threat is kept in quarantine and never served.
    Raises MissingInput (field `files`) in Chinese.
    """
    if len(uploads) > MAX_FILES:
        raise MissingInput("files", f"一次最多上传 {MAX_FILES} 个文件，请分次上传")
    found = [
        inspect(name=_name(upload), size=upload.size or 0, content=upload) for upload in uploads
    ]
    kept = []
    for upload, seen in zip(uploads, found, strict=True):
        body = upload.read()
        digest = hashlib.sha256(body).hexdigest()
        file, _ = StoredFile.objects.get_or_create(
            sha256=digest,
            defaults={
                "size_bytes": len(body),
                "content_type": seen.content_type,
                "scan": StoredFile.Scan.QUARANTINED if seen.dangerous else StoredFile.Scan.CLEAN,
                "stored_at": at,
            },
        )
        _write(path_of(file), io.BytesIO(body))
        kept.append(
            Attachment.objects.create(
                file=file,
                name=_name(upload),
                owner_type=owner_type,
                owner_id=owner_id,
                uploaded_by_id=by.audit_id or 0,
                uploaded_by_name=by.audit_name,
                uploaded_organisation_id=by.audit_organisation_id,
                uploaded_at=at,
            )
        )
    if kept:
        record(
            by=by, at=at, action="attachment.add", object_type=owner_type, object_key=owner_id,
            detail={"files": [{"name": a.name, "sha256": a.file.sha256} for a in kept]},
        )  # fmt: skip
    return kept


@operation
def keep_made(
    *,
    owner_type: str,
    owner_id: int,
    name: str,
    body: IO[bytes],
    content_type: str,
    by: Actor,
    at: datetime,
) -> Attachment:
    """Keep a file that the platform made for one object, such as a list's workbook."""
    body.seek(0)
    digest = hashlib.file_digest(body, "sha256").hexdigest()  # type: ignore[arg-type]
    body.seek(0, os.SEEK_END)
    file, _ = StoredFile.objects.get_or_create(
        sha256=digest,
        defaults={
            "size_bytes": body.tell(),
            "content_type": content_type,
            "scan": StoredFile.Scan.CLEAN,
            "stored_at": at,
        },
    )
    body.seek(0)
    _write(path_of(file), body)
    return Attachment.objects.create(
        file=file,
        name=name[-200:],
        owner_type=owner_type,
        owner_id=owner_id,
        uploaded_by_id=by.audit_id or 0,
        uploaded_by_name=by.audit_name,
        uploaded_organisation_id=by.audit_organisation_id,
        uploaded_at=at,
    )


def _name(upload: UploadedFile) -> str:
    """The last part of the name given, without control characters, at most 200 long."""
    base = os.path.basename((upload.name or "").replace("\\", "/"))
    return "".join(c for c in base if c.isprintable())[-200:] or "附件"


def _write(path: Path, body: IO[bytes]) -> None:
    """Write once, atomically; the same content written twice is the same file."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
        shutil.copyfileobj(body, part)
        part.flush()
        os.fsync(part.fileno())
    os.replace(part.name, path)
