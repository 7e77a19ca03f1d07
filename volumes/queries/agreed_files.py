"""Workbooks of published quantities and their marked copies: each for the person who handed it in."""

from __future__ import annotations

from core.attachments.models import Attachment
from organisations.models import User

OWNER_TYPE = "published_quantities"


def own_file(user: User, file_id: int) -> Attachment | None:
    rows = Attachment.objects.filter(owner_type=OWNER_TYPE, owner_id=user.pk, pk=file_id)
    return rows.select_related("file").first()
