"""The file that an export's job kept."""

from __future__ import annotations

from core.attachments.models import Attachment
from core.jobs.models import Job

OWNER_TYPE = "list_export"


def file_of(job: Job) -> Attachment | None:
    """The last attempt's file; None where it is gone."""
    kept = Attachment.objects.filter(owner_type=OWNER_TYPE, owner_id=job.pk)
    return kept.select_related("file").order_by("-pk").first()
