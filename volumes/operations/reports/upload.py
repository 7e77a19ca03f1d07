"""A filled-in sheet: checked and kept first, written as a whole once confirmed."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core.files.uploadedfile import UploadedFile

from core.attachments.models import Attachment, StoredFile
from core.attachments.store import attach, keep_made, path_of
from core.lists.workbook import XLSX
from core.operations import operation
from core.transitions import MissingInput
from organisations.models import User
from organisations.queries.scope import Scope
from volumes.documents.workbook import marked_workbook, read_workbook
from volumes.models import VolumeReport
from volumes.operations.reports.reading import Figure, read_figures
from volumes.operations.reports.save import may_save, save_figures
from volumes.queries.sheet import SheetRow, report_sheet
from volumes.rules.figures import FigureProblem, WrongFigures

UPLOAD, MARKED = "volume_report_upload", "volume_report_marked"
GONE = "这份文件不是您刚才上传并核对过的，没有写入，请重新上传"


@dataclass(frozen=True)
class Change:
    """One group whose figure, reason or explanation the file would change."""

    row: SheetRow
    quantity: Decimal
    reason_code: str
    explanation: str
    compile_note: str = ""
    splits: tuple[tuple[str, Decimal], ...] = ()
    """Manufacturer and quantity, of a group that is split by 厂牌 in the file."""


@dataclass(frozen=True)
class CheckedSheet:
    """A dry run: what would change, what is wrong, and the file that was kept (or its marked copy)."""

    changes: list[Change]
    problems: list[FigureProblem]
    kept: Attachment
    total: int


@operation
def check_sheet(
    *, report: VolumeReport, upload: UploadedFile, by: User, scope: Scope, at: datetime
) -> CheckedSheet:
    """Read and compare; nothing of the report is written. Raises MissingInput for a broken file."""
    may_save(report, scope, at)
    content = upload.read()
    rows = report_sheet(report)
    compiled = report.consortium_id is not None
    split = report.task.split_by_manufacturer
    inputs, problems = read_workbook(
        content, report.report_no, rows, compiled=compiled, split=split
    )
    groups = {row.group.code: row.group for row in rows}
    try:
        figures = read_figures(
            inputs, groups, filled={row.group.pk for row in rows if row.line is not None},
            split=split, compiled=compiled,
        )  # fmt: skip
    except WrongFigures as wrong:
        problems, figures = [*problems, *wrong.problems], []
    if problems:
        problems.sort(key=lambda each: each.place)
        name = (upload.name or "报量.xlsx").rsplit(".", 1)[0]
        kept = keep_made(
            owner_type=MARKED, owner_id=report.pk, name=f"{name}_错误标注.xlsx",
            body=io.BytesIO(marked_workbook(content, problems)), content_type=XLSX, by=by, at=at,
        )  # fmt: skip
        return CheckedSheet([], problems, kept, len(inputs))
    upload.seek(0)
    (kept,) = attach(owner_type=UPLOAD, owner_id=report.pk, uploads=[upload], by=by, at=at)
    if kept.file.scan != StoredFile.Scan.CLEAN:
        raise MissingInput("file", "文件没有通过安全检查，已隔离，没有写入")
    by_group = {row.group.pk: row for row in rows}
    changes = [
        Change(
            by_group[each.group.pk], each.quantity, each.reason_code, each.explanation,
            each.compile_note, _named(by_group[each.group.pk], each),
        )
        for each in figures
        if _moves(by_group[each.group.pk], each)
    ]  # fmt: skip
    return CheckedSheet(changes, [], kept, len(inputs))


@operation
def apply_sheet(
    *,
    report: VolumeReport,
    upload_id: int,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> VolumeReport:
    """Write what the preview showed, all of it; a report that moved since is refused (StaleVersion)."""
    kept = (
        Attachment.objects.select_related("file")
        .filter(
            pk=upload_id, owner_type=UPLOAD, owner_id=report.pk, uploaded_by_id=by.pk,
            file__scan=StoredFile.Scan.CLEAN,
        )
        .first()
    )  # fmt: skip
    if kept is None:
        raise MissingInput("upload", GONE)
    rows = report_sheet(report)
    compiled = report.consortium_id is not None
    inputs, problems = read_workbook(
        path_of(kept.file).read_bytes(), report.report_no, rows, compiled=compiled,
        split=report.task.split_by_manufacturer,
    )  # fmt: skip
    if problems:
        raise WrongFigures(problems)
    return save_figures(
        report=report, inputs=inputs, by=by, scope=scope, at=at, seen_version=seen_version,
        source="excel",
    )  # fmt: skip


def marked_copy(*, report: VolumeReport, upload_id: int, scope: Scope) -> Attachment | None:
    """The marked copy, for the person who uploaded the file."""
    return (
        Attachment.objects.select_related("file")
        .filter(
            pk=upload_id, owner_type=MARKED, owner_id=report.pk, uploaded_by_id=scope.user_id
        )
        .first()
    )  # fmt: skip


def _moves(row: SheetRow, read: Figure) -> bool:
    line = row.line
    return (
        line is None
        or line.reported_qty != read.quantity
        or line.reason_code != read.reason_code
        or line.explanation != read.explanation
        or row.compile_note != read.compile_note
        or (read.splits is not None and _by_code(read) != row.splits)
    )


def _by_code(read: Figure) -> dict[str, Decimal]:
    return {read.makers[pk]: part for pk, part in (read.splits or {}).items()}


def _named(row: SheetRow, read: Figure) -> tuple[tuple[str, Decimal], ...]:
    names = {each.code: each.name for each in row.suppliers}
    return tuple((names.get(code, code), part) for code, part in _by_code(read).items())
