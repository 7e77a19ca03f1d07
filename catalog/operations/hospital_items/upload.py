"""A workbook of a hospital's list: checked and kept first, written as a whole once confirmed."""

from __future__ import annotations

import io
from datetime import datetime
from typing import IO

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from catalog.documents.hospital_items import marked_workbook, read_workbook
from catalog.operations.hospital_items.plan import Plan, plan_rows
from catalog.operations.hospital_items.preview import Preview, preview_of
from catalog.operations.hospital_items.put import (
    Progress,
    Written,
    keeper_of,
    put_items,
    silent,
)
from catalog.states.hospital_item import Basis
from core.attachments.models import Attachment, StoredFile
from core.attachments.store import attach, keep_made, path_of
from core.jobs.enqueue import enqueue
from core.jobs.models import Job
from core.lists.workbook import XLSX
from core.operations import operation
from core.transitions import MissingInput
from organisations.models import Organisation, User
from organisations.queries.scope import Scope
from organisations.queries.visible import own_jobs

CHECK_ITEMS, WRITE_ITEMS = "check_hospital_items", "write_hospital_items"
DIRECT_CHECKS, DIRECT_ROWS = 1_000, 300
"""As many rows are checked, and written, while one waits; more take longer than a page may."""
UPLOAD, MARKED = "hospital_items_upload", "hospital_items_marked"
GONE = "这份文件不是您刚才上传并核对过的，没有写入，请重新上传"


@operation
def check_workbook(*, upload: UploadedFile, by: User, scope: Scope, at: datetime) -> Preview | Job:
    """A dry run: what would change, or what is wrong; of more than DIRECT_CHECKS rows as a job whose
    result is the preview. Nothing of the list is written. Raises MissingInput for a broken workbook.
    """
    institution = keeper_of(scope, by)
    content = upload.read()
    rows = len(read_workbook(content))
    upload.seek(0)
    (kept,) = attach(owner_type=UPLOAD, owner_id=institution.pk, uploads=[upload], by=by, at=at)
    if kept.file.scan != StoredFile.Scan.CLEAN:
        raise MissingInput("file", "文件没有通过安全检查，已隔离，没有写入")
    if rows <= DIRECT_CHECKS:
        return preview_upload(upload_id=kept.pk, by=by, scope=scope, at=at)
    return enqueue(
        kind=CHECK_ITEMS, key=f"{institution.pk}:{kept.pk}", by=by, at=at,
        arguments={
            "upload": kept.pk, "rows": rows, "user": by.pk, "organisation": institution.pk,
        },
    )  # fmt: skip


@operation
def preview_upload(
    *, upload_id: int, by: User, scope: Scope, at: datetime, progress: Progress = silent
) -> Preview:
    """Compare a kept upload with the list as it stands; where it is wrong a marked copy is kept."""
    institution = keeper_of(scope, by)
    kept = _kept(upload_id, institution, by)
    content = path_of(kept.file).read_bytes()
    rows = read_workbook(content)
    progress(0, len(rows), "与现有院内目录、挂网目录核对")
    plan = plan_rows(institution=institution, raws=rows, scope=scope, today=timezone.localdate(at))
    if plan.problems:
        progress(len(rows) - len(plan.problems), len(rows), "在原表上标注错误")
        copy = _keep_marked(kept, content, plan, institution, by, at)
        return preview_of(plan, kept=copy.pk, file_name=kept.name)
    return preview_of(plan, kept=kept.pk, file_name=kept.name)


def _keep_marked(
    kept: Attachment,
    content: bytes,
    plan: Plan,
    institution: Organisation,
    by: User,
    at: datetime,
) -> Attachment:
    body: IO[bytes] = io.BytesIO(marked_workbook(content, plan.problems))
    return keep_made(
        owner_type=MARKED, owner_id=institution.pk, body=body, content_type=XLSX, by=by, at=at,
        name=f"{kept.name.rsplit('.', 1)[0]}_错误标注.xlsx",
    )  # fmt: skip


@operation
def confirm_workbook(
    *, upload_id: int, shown: str, by: User, scope: Scope, at: datetime
) -> Written | Job:
    """Write what the preview showed: a short one now, one of more than DIRECT_ROWS rows as a job
    whose result lasts. Asked for twice, it is one job. Raises as `apply_workbook`."""
    institution = keeper_of(scope, by)
    rows = len(read_workbook(path_of(_kept(upload_id, institution, by).file).read_bytes()))
    if rows <= DIRECT_ROWS:
        return apply_workbook(upload_id=upload_id, shown=shown, by=by, scope=scope, at=at)
    return enqueue(
        kind=WRITE_ITEMS, key=f"{institution.pk}:{upload_id}", by=by, at=at,
        arguments={
            "upload": upload_id, "shown": shown, "rows": rows, "user": by.pk,
            "organisation": institution.pk,
        },
    )  # fmt: skip


@operation
def apply_workbook(
    *,
    upload_id: int,
    shown: str,
    by: User,
    scope: Scope,
    at: datetime,
    progress: Progress = silent,
) -> Written:
    """Write what the preview showed, all of it; where anything moved since, nothing is written."""
    institution = keeper_of(scope, by)
    kept = _kept(upload_id, institution, by)
    return put_items(
        raws=read_workbook(path_of(kept.file).read_bytes()), basis=Basis.EXCEL,
        all_or_nothing=True, by=by, scope=scope, at=at, seen_print=shown, progress=progress,
    )  # fmt: skip


def _kept(upload_id: int, institution: Organisation, by: User) -> Attachment:
    """The workbook that this person uploaded and saw a preview of. Raises MissingInput."""
    kept = (
        Attachment.objects.select_related("file")
        .filter(
            pk=upload_id, owner_type=UPLOAD, owner_id=institution.pk, uploaded_by_id=by.pk,
            file__scan=StoredFile.Scan.CLEAN,
        )
        .first()
    )  # fmt: skip
    if kept is None:
        raise MissingInput("upload", GONE)
    return kept


def marked_copy(*, upload_id: int, scope: Scope) -> Attachment | None:
    """The marked copy, for the person who uploaded the file."""
    return (
        Attachment.objects.select_related("file")
        .filter(
            pk=upload_id, owner_type=MARKED, owner_id=scope.organisation_id,
            uploaded_by_id=scope.user_id,
        )
        .first()
    )  # fmt: skip


def finished_check(*, job_id: int, scope: Scope) -> Preview | None:
    """What a job found in a workbook, for the person who uploaded it and keeps this list."""
    job = (
        own_jobs(scope)
        .filter(
            pk=job_id, kind=CHECK_ITEMS, state=Job.State.DONE,
            arguments__organisation=scope.organisation_id,
        )
        .first()
    )  # fmt: skip
    return None if job is None else job.result
