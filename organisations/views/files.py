"""The one way out of every kept file and every paper: who took which, of what, is on the trail."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import cast

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from rest_framework.request import Request

from core.attachments.models import Attachment, StoredFile
from core.attachments.store import path_of
from organisations.models import User
from organisations.operations.note_download import note_download


def kept_file(request: HttpRequest | Request, attachment: Attachment | None) -> FileResponse:
    """A file whose owner's view has found that this reader may have it, told to the trail (S-12).

    Raises Http404 for none and for what has not passed inspection.
    """
    if attachment is None or attachment.file.scan != StoredFile.Scan.CLEAN:
        raise Http404
    note_download(
        path=request.path, name=attachment.name, owner_type=attachment.owner_type,
        sha256=attachment.file.sha256, by=cast(User, request.user), at=timezone.now(),
    )  # fmt: skip
    return public_file(attachment)


def served(
    request: HttpRequest | Request, files: Iterable[Attachment], file_id: int | str
) -> FileResponse:
    """The one file of these with that number, as `kept_file` gives it."""
    return kept_file(request, next((file for file in files if file.pk == int(file_id)), None))


def public_file(attachment: Attachment) -> FileResponse:
    """A file that all the world may read without signing in; nobody is noted for it."""
    answer = FileResponse(
        path_of(attachment.file).open("rb"),
        as_attachment=True,
        filename=attachment.name,
        content_type=attachment.file.content_type,
    )
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def made_file(request: HttpRequest | Request, name: str, path: Path) -> FileResponse:
    """A file that the platform made and holds outside of the kept ones, told like those."""
    note_download(path=request.path, name=name, by=cast(User, request.user), at=timezone.now())
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)


def paper_answer(
    request: HttpRequest | Request, name: str, body: bytes, *, inline: bool = False
) -> HttpResponse:
    """A PDF that was drawn for this reader just now, told to the trail like a kept one."""
    note_download(path=request.path, name=name, by=cast(User, request.user), at=timezone.now())
    answer = HttpResponse(body, content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(not inline, name) or ""
    return answer
