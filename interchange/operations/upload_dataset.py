"""A person hands a dataset in, confirms what the check found, or gives it up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import connection

from core.audit.record import record
from core.jobs.enqueue import enqueue, request_cancel
from core.jobs.models import Job
from core.operations import operation
from core.transitions import NotYours
from core.workdays.deadlines import shanghai_day
from inbox.operations.tasks import finish_tasks
from interchange.models import DatasetImport
from interchange.operations.import_files import discard, inspect_uploads, keep_uploads, title_of
from interchange.queries.imports import import_standings, may_import
from interchange.states import IMPORT_MACHINE
from organisations.models import User
from organisations.queries.scope import Scope

CHECK, LOAD = "check_import", "load_import"
OBJECT_TYPE = "dataset_import"


@operation
def upload_dataset(
    *, uploads: Sequence[UploadedFile], by: User, scope: Scope, at: datetime
) -> DatasetImport:
    """Keep the files and queue their check; nothing of the province changes yet.

    Raises NotYours, or MissingInput (field `files`) for what can be told without reading.
    """
    allowed = may_import(scope)
    if not allowed:
        raise NotYours.of(allowed)
    is_archive = inspect_uploads(uploads)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('interchange_import_no')")
        import_no = f"DR{shanghai_day(at):%Y%m%d}-{cursor.fetchone()[0]:04d}"
    try:
        keep_uploads(import_no, uploads, is_archive=is_archive)
        return _create(import_no, uploads, is_archive, by, scope, at)
    except BaseException:
        discard(import_no)
        raise


def _create(
    import_no: str,
    uploads: Sequence[UploadedFile],
    is_archive: bool,
    by: User,
    scope: Scope,
    at: datetime,
) -> DatasetImport:
    row = DatasetImport.objects.create(
        import_no=import_no,
        organisation_id=scope.organisation_id,
        province_code=scope.province_code,
        title=title_of(uploads)[:200],
        is_archive=is_archive,
        size_bytes=sum(upload.size or 0 for upload in uploads),
        state_at=at,
        state_by_id=by.audit_id,
        state_by_name=by.audit_name,
        uploaded_at=at,
        uploaded_by_id=by.audit_id,
        uploaded_by_name=by.audit_name,
    )
    row.job = _queue(CHECK, row, by, at)
    row.save(update_fields=["job"])
    record(
        by=by, at=at, action="dataset_import.upload", object_type=OBJECT_TYPE,
        object_key=import_no, object_label=row.title, detail={"bytes": row.size_bytes},
    )  # fmt: skip
    return row


def _queue(kind: str, row: DatasetImport, by: User, at: datetime) -> Job:
    return enqueue(
        kind=kind, key=row.import_no, arguments={"import_no": row.import_no}, by=by, at=at,
        province_code=row.province_code,
    )  # fmt: skip


@operation
def confirm_import(
    *,
    row: DatasetImport,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> DatasetImport:
    """Write what the preview showed: the same bytes, over the same data, or it is shown anew."""
    moved: DatasetImport
    moved, _ = IMPORT_MACHINE.perform(
        verb="confirm", obj=row, by=by, at=at, seen_version=seen_version,
        standings=lambda each: import_standings(scope, each),
    )  # fmt: skip
    moved.job = _queue(LOAD, moved, by, at)
    moved.note = ""
    moved.confirmed_at, moved.confirmed_by_id = at, by.audit_id
    moved.confirmed_by_name = by.audit_name
    moved.save(
        update_fields=["job", "note", "confirmed_at", "confirmed_by_id", "confirmed_by_name"]
    )
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[moved.import_no], at=at)
    return moved


@operation
def cancel_import(*, row: DatasetImport, by: User, scope: Scope, at: datetime) -> DatasetImport:
    """Give it up at any stage before it is written; a job at work stops and writes nothing."""
    moved: DatasetImport
    moved, _ = IMPORT_MACHINE.perform(
        verb="cancel", obj=row, by=by, at=at, standings=lambda each: import_standings(scope, each)
    )
    if moved.job is not None and moved.job.state in Job.OPEN_STATES:
        request_cancel(job=moved.job, by=by, at=at)
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[moved.import_no], at=at)
    return moved
