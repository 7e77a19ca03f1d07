"""What was handed in for an import is not kept for ever."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from core.audit.record import SystemActor, record
from core.operations import operation
from interchange.models import DatasetImport
from interchange.operations.import_files import discard
from interchange.operations.upload_dataset import OBJECT_TYPE
from interchange.states import OPEN_STATES

CLOCK = SystemActor("定时任务")
AT_ONCE = 200


@operation
def clean_import_files(*, at: datetime) -> int:
    """Remove the files of imports that ended DATASET_FILES_KEEP_DAYS ago or earlier; gives how many.

    The report, its list of mistakes and the marked copy that it offers stay. One that is being
    worked on, or waits to be confirmed, is left alone however old it is. Safe to run again: bytes
    that are gone already are not missed.
    """
    before = at - timedelta(days=settings.DATASET_FILES_KEEP_DAYS)
    rows = (
        DatasetImport.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(files_removed_at__isnull=True, state_at__lte=before)
        .exclude(state__in=OPEN_STATES)
        .order_by("pk")[:AT_ONCE]
    )
    cleaned = 0
    for row in rows:
        discard(row.import_no)
        row.files_removed_at = at
        row.save(update_fields=["files_removed_at"])
        record(by=CLOCK, at=at, action="dataset_import.clean_files", object_type=OBJECT_TYPE,
               object_key=row.import_no, object_label=row.title)  # fmt: skip
        cleaned += 1
    return cleaned
