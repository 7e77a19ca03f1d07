"""The files of a bulletin and of a recipient's answer, for views that have found their owner."""

from __future__ import annotations

from django.db.models import QuerySet

from core.attachments.models import Attachment
from monitoring.models import Bulletin, BulletinReceipt
from monitoring.states.bulletins import BULLETIN_MACHINE, RECEIPT_MACHINE


def bulletin_file(bulletin: Bulletin, kind: str) -> Attachment | None:
    """The stored file of a kind (pdf, docx, xlsx) as it was issued; None where there is none."""
    names = {each["kind"]: each["name"] for each in bulletin.files}
    return (
        Attachment.objects.filter(
            owner_type=BULLETIN_MACHINE.name, owner_id=bulletin.pk, name=names.get(kind, "")
        )
        .select_related("file")
        .first()
    )


def receipt_files(receipt: BulletinReceipt) -> QuerySet[Attachment]:
    """What a named party handed in as evidence, in order."""
    return (
        Attachment.objects.filter(owner_type=RECEIPT_MACHINE.name, owner_id=receipt.pk)
        .select_related("file")
        .order_by("pk")
    )
