"""The job's half of an import: unpack, check and show; then, once confirmed, write."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.urls import reverse

from core.audit.record import Actor
from core.jobs.context import JobContext
from core.jobs.kinds import JobCancelled
from core.operations import operation
from core.transitions import TransitionRefused
from inbox.operations.tasks import NewTask, open_tasks
from interchange.files import FILES
from interchange.models import DatasetImport
from interchange.operations.import_files import archive_of, folder_of, marked_of
from interchange.operations.load_dataset import LOCK, load
from interchange.operations.upload_dataset import OBJECT_TYPE
from interchange.queries.imports import at_work_elsewhere
from interchange.rules import IMPORTER_ROLE
from interchange.runner.folder import digest
from interchange.runner.marking import write_marked_copy
from interchange.runner.preview import Preview, preview_of
from interchange.runner.report import FileCounts, LoadFailed, LoadReport
from interchange.runner.unpacking import Refused, unpack
from interchange.states import IMPORT_MACHINE, JOB, ImportState

POLL_SECONDS = 1.0
MOVED = "预览之后数据有变化，没有写入：请核对新的预览后再确认"
CHANGED_BYTES = "已检查的文件与存放的文件不一致，没有写入：请重新上传"


class DataMoved(Exception):
    """What would be written is not what the preview showed."""

    def __init__(self, found: Preview) -> None:
        super().__init__(MOVED)
        self.found = found


@operation
def check_import(*, import_no: str, context: JobContext, by: Actor, at: datetime) -> dict[str, Any]:
    """Unpack and check the files, and keep the preview or the mistakes; nothing is written.

    Run again from the start it gives the same. The result is for the job's own row.
    """
    row = DatasetImport.objects.get(import_no=import_no)
    if row.state != ImportState.CHECKING:
        return {}
    _wait_for_turn(row, context)
    try:
        _unpack(row, context)
        row.files = _digests(row)
        report, found = _look(row, context, by=by, at=at)
    except (Refused, LoadFailed) as failure:
        return _end(row, "fail", by, at, note=str(failure))
    if not report.accepted:
        return _refuse(row, report, by, at)
    row.preview, row.totals = found.as_json(), found.totals
    row.save(update_fields=["files", "preview", "totals"])
    _end(row, "pass", by, at)
    _ask_to_confirm(row, at)
    return dict(row.totals)


@operation
def load_import(*, import_no: str, context: JobContext, by: Actor, at: datetime) -> dict[str, Any]:
    """Write the checked bytes, in one transaction with the job's own end.

    Where the data changed since the preview nothing is written: the import waits for its
    confirmation again, with the new preview, or shows the mistakes that there are now.
    """
    row = DatasetImport.objects.get(import_no=import_no)
    if row.state != ImportState.LOADING:
        return {}
    _wait_for_turn(row, context)
    if _digests(row) != row.files:
        return _end(row, "fail", by, at, note=CHANGED_BYTES)

    def same_as_shown(cursor: CursorWrapper, counted: dict[str, FileCounts]) -> None:
        now = preview_of(cursor, counted)
        if now.print != row.preview["print"]:
            raise DataMoved(now)

    try:
        report = load(
            folder_of(row.import_no), by=by, at=at, progress=_teller(context),
            look=same_as_shown, province_code=row.province_code,
        )  # fmt: skip
    except DataMoved as moved:
        row.preview, row.totals = moved.found.as_json(), moved.found.totals
        row.save(update_fields=["preview", "totals"])
        _end(row, "pass", by, at, note=MOVED)
        _ask_to_confirm(row, at)
        return {}
    except LoadFailed as failure:
        return _end(row, "fail", by, at, note=str(failure))
    if not report.accepted:
        return _refuse(row, report, by, at)
    _end(row, "finish", by, at)
    return dict(row.totals)


def _wait_for_turn(row: DatasetImport, context: JobContext) -> None:
    """One load at a time: take its lock, or wait and say for whom; may be cancelled meanwhile."""
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            if cursor.fetchone()[0]:
                return
            who = at_work_elsewhere(row.pk, row.province_code)
            context.progress(0, stage=f"等待{who}结束")
            time.sleep(POLL_SECONDS)


def _unpack(row: DatasetImport, context: JobContext) -> None:
    if not row.is_archive:
        return
    context.progress(0, 2 * len(FILES), "解压")
    folder = folder_of(row.import_no)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    unpack(archive_of(row.import_no), folder, settings.DATASET_UNPACKED_MAX_BYTES)


def _digests(row: DatasetImport) -> list[dict[str, Any]]:
    """The files in the order of the dataset, with what each is recognised by."""
    folder = folder_of(row.import_no)
    return [
        {"name": file.name, "size": path.stat().st_size, "sha256": digest(path)}
        for file in FILES
        for path in [folder / file.file_name]
        if path.is_file()
    ]


def _look(
    row: DatasetImport, context: JobContext, *, by: Actor, at: datetime
) -> tuple[LoadReport, Preview]:
    """A dry run; the preview is empty where there are mistakes."""
    found = [Preview(files=[], print="")]

    def look(cursor: CursorWrapper, counted: dict[str, FileCounts]) -> None:
        found[0] = preview_of(cursor, counted)

    report = load(
        folder_of(row.import_no), by=by, at=at, dry_run=True, progress=_teller(context),
        look=look, province_code=row.province_code,
    )  # fmt: skip
    return report, found[0]


def _teller(context: JobContext) -> Callable[[int, int, str], None]:
    return context.progress


def _refuse(row: DatasetImport, report: LoadReport, by: Actor, at: datetime) -> dict[str, Any]:
    write_marked_copy(
        folder_of(row.import_no), report.problems, marked_of(row.import_no),
        more=report.more_problems,
    )  # fmt: skip
    row.problems = [
        {"file": p.file, "line": p.line, "column": p.column, "value": p.value[:200],
         "reason": p.reason}
        for p in report.problems
    ]  # fmt: skip
    row.problem_count = len(row.problems)
    row.more_problems = report.more_problems
    row.save(update_fields=["files", "problems", "problem_count", "more_problems"])
    _end(row, "refuse", by, at)
    return {"problems": len(report.problems)}


def _end(
    row: DatasetImport, verb: str, by: Actor, at: datetime, *, note: str = ""
) -> dict[str, Any]:
    """Move the import on with its job; cancelled meanwhile, all of the job is undone."""
    try:
        moved, _ = IMPORT_MACHINE.perform(
            verb=verb, obj=row, by=by, at=at, standings=lambda _: (JOB,)
        )
    except TransitionRefused as refusal:
        raise JobCancelled from refusal
    moved.note = note
    moved.save(update_fields=["note"])
    return {"problem": note} if note else {}


def _ask_to_confirm(row: DatasetImport, at: datetime) -> None:
    """The importers of the bureau find it among what waits for them."""
    task = NewTask(
        organisation_id=row.organisation_id,
        act="confirm_import",
        title=f"确认导入 {row.import_no}（{row.title}）",
        object_type=OBJECT_TYPE,
        object_key=row.import_no,
        url=reverse("import-detail", args=[row.import_no]),
        roles=(IMPORTER_ROLE,),
    )
    open_tasks(tasks=[task], at=at)
