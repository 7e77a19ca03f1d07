"""Workbooks with their mistakes marked: each for the person who handed it in."""

from __future__ import annotations

from core.attachments.models import Attachment
from organisations.models import User

OWNER_TYPE = "price_table"


def marked_copy(user: User, file_id: int) -> Attachment | None:
    rows = Attachment.objects.filter(owner_type=OWNER_TYPE, owner_id=user.pk, pk=file_id)
    return rows.select_related("file").first()
