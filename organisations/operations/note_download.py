"""Tell the trail of every single file that was taken out: proofs, letters, papers (S-12)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.audit.record import record
from core.operations import operation
from organisations.models import User
from organisations.queries.audit_words import object_words


@operation
def note_download(
    *, path: str, name: str, by: User, at: datetime, owner_type: str = "", sha256: str = ""
) -> None:
    """The file `name` at `path` was handed to `by`; the address names the object that it is of.

    A kept file also tells the kind of its object and its digest, which names its bytes for good.
    The event is of the file, not of the object, whose own timeline others read.
    """
    detail: dict[str, Any] = {}
    if owner_type:
        detail = {"belongs_to": object_words(owner_type), "sha256": sha256}
    record(
        by=by, at=at, action="file.download", object_type="file", object_key=path[:200],
        object_label=name, detail=detail,
    )  # fmt: skip
