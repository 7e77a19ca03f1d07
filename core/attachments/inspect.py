"""Look into an uploaded file before it is kept: kind by its first bytes, size, known test virus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings

from core.transitions.refusals import MissingInput

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

# Extension → (content type, the bytes that a file of this kind begins with).
KINDS: dict[str, tuple[str, bytes]] = {
    "pdf": ("application/pdf", b"%PDF-"),
    "jpg": ("image/jpeg", b"\xff\xd8\xff"),
    "jpeg": ("image/jpeg", b"\xff\xd8\xff"),
    "png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    "docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        b"PK\x03\x04",
    ),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        b"PK\x03\x04",
    ),
}
ALLOWED_WORDS = "PDF、JPG、PNG、DOCX、XLSX"


class Content(Protocol):
    """Bytes that can be read again from the start, such as an upload."""

    def seek(self, position: int, /) -> Any: ...
    def read(self) -> Any: ...


def max_megabytes() -> int:
    """The largest attachment as people are told it (UPLOAD_MAX_MEGABYTES)."""
    return int(settings.UPLOAD_MAX_BYTES) // 2**20


@dataclass(frozen=True)
class Inspected:
    """What was found: the type to serve it as, and whether it carries a known threat."""

    content_type: str
    dangerous: bool


def inspect(*, name: str, size: int, content: Content) -> Inspected:
    """Accept a file by what it holds, not by what the browser says it is.

    Raises MissingInput (field `files`) with the way out for a wrong kind, an empty or large file.
    """
    extension = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if extension not in KINDS:
        raise MissingInput("files", f"“{name}”的类型不能上传，请转换为 {ALLOWED_WORDS} 后再传")
    if size == 0:
        raise MissingInput("files", f"“{name}”是空文件，请检查后重新选择")
    if size > settings.UPLOAD_MAX_BYTES:
        raise MissingInput("files", f"“{name}”超过 {max_megabytes()} MB，请压缩或拆分后再传")
    content_type, magic = KINDS[extension]
    content.seek(0)
    body = content.read()
    content.seek(0)
    if not body.startswith(magic):
        raise MissingInput(
            "files", f"“{name}”的内容与扩展名 .{extension} 不符，请用原软件另存后再传"
        )
    return Inspected(content_type=content_type, dangerous=EICAR in body)
