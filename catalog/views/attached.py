"""Serve a kept file through the page of its owner."""

from __future__ import annotations

from django.http import FileResponse, Http404

from core.attachments.models import Attachment, StoredFile
from core.attachments.store import path_of


def attached(attachment: Attachment | None) -> FileResponse:
    """The bytes under the name they were given; 404 for none, and for what failed inspection."""
    if attachment is None or attachment.file.scan != StoredFile.Scan.CLEAN:
        raise Http404
    answer = FileResponse(
        path_of(attachment.file).open("rb"), as_attachment=True, filename=attachment.name,
        content_type=attachment.file.content_type,
    )  # fmt: skip
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
