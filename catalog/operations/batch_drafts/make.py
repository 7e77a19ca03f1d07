"""Make a batch's draft: by form or by one workbook; every save checks it as a whole."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from catalog.documents import batch_workbook
from catalog.documents.batch_sheets import BY_KEY, Content
from catalog.models import BatchDocument, BatchDraft
from catalog.operations.batch_check import check_content
from catalog.operations.change_numbers import next_number
from catalog.queries.batch_drafts import OWNER, draft_standings, may_make
from catalog.states.batch_draft import MAKER, DocumentPart, DraftState
from core.attachments.models import Attachment
from core.attachments.store import attach, keep_made, path_of
from core.audit.record import record
from core.lists.workbook import XLSX
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from core.workdays.deadlines import shanghai_day
from organisations.models import User
from organisations.queries.scope import Scope

MOST_ROWS = 20_000
WORKBOOK = "batch_draft_workbook"
Rows = Mapping[str, list[dict[str, Any]]]


@operation
def make_draft(
    *,
    content: Content,
    source: str,
    by: User,
    scope: Scope,
    at: datetime,
    shape: Sequence[dict[str, Any]] = (),
) -> BatchDraft:
    """A new draft with these sheets, checked; its mistakes are kept with it, `shape` first.

    Raises NotYours, or MissingInput for sheets that are none.
    """
    allowed = may_make(scope)
    if not allowed:
        raise NotYours.of(allowed)
    draft = BatchDraft(
        draft_no=next_number("PD", at), organisation_id=scope.organisation_id,
        province_code=scope.province_code, source=source[:200],
        state_at=at, state_by_id=by.audit_id, state_by_name=by.audit_name,
        made_at=at, made_by_id=by.audit_id, made_by_name=by.audit_name,
    )  # fmt: skip
    _fill(draft, content, shape, at)
    draft.save()
    _tell("batch_draft.make", draft, by, at)
    return draft


@operation
def make_draft_of_workbook(
    *, upload: UploadedFile, by: User, scope: Scope, at: datetime
) -> BatchDraft:
    """The same of one Excel file, which is kept so that its mistakes can be marked in it."""
    body = upload.read()
    content, problems = batch_workbook.read(body)
    draft = make_draft(
        content=content, shape=problems, source=_name(upload), by=by, scope=scope, at=at
    )
    _keep(draft, body, upload, by, at)
    return draft


@operation
def replace_by_workbook(
    *,
    draft: BatchDraft,
    upload: UploadedFile,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> BatchDraft:
    """The mended workbook takes the place of all sheets; the files of the four parts stay."""
    body = upload.read()
    content, problems = batch_workbook.read(body)
    locked = _locked(draft, by, scope, seen_version)
    locked.source = _name(upload)
    _fill(locked, content, problems, at)
    _save(locked)
    _keep(locked, body, upload, by, at)
    _tell("batch_draft.replace", locked, by, at)
    return locked


@operation
def save_rows(
    *,
    draft: BatchDraft,
    sheet: str,
    rows: list[dict[str, Any]],
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> BatchDraft:
    """Put these rows in place of one sheet's; raises MissingInput for a sheet that is none."""
    if sheet not in BY_KEY:
        raise MissingInput("sheet", "没有这个表，请从页面上选择")
    locked = _locked(draft, by, scope, seen_version)
    content = {**locked.content, sheet: rows}
    # The rows are no longer those of the file that was handed in.
    _forget_workbook(locked)
    _fill(locked, content, (), at)
    _save(locked)
    _tell("batch_draft.edit", locked, by, at, sheet=BY_KEY[sheet].label)
    return locked


@operation
def attach_part(
    *,
    draft: BatchDraft,
    part: str,
    upload: UploadedFile | None,
    by: User,
    scope: Scope,
    at: datetime,
) -> BatchDocument:
    """Keep a part of the execution document; an earlier file of the same part is kept as replaced."""
    if part not in DocumentPart.values:
        raise MissingInput("part", "没有这一部分，请从页面上选择")
    if upload is None:
        raise MissingInput("file", f"请选择“{DocumentPart(part).label}”的文件")
    locked = _locked(draft, by, scope, None)
    (kept,) = attach(owner_type=OWNER, owner_id=locked.pk, uploads=[upload], by=by, at=at)
    locked.documents.filter(part=part, replaced_at=None).update(replaced_at=at)
    return BatchDocument.objects.create(draft=locked, part=part, attachment=kept)


def recheck(draft: BatchDraft, at: datetime) -> None:
    """Check the sheets again: the platform's data may have changed since; saved by the caller.

    What was wrong with the workbook's shape stays until another takes its place.
    """
    found = check_content(draft.content, province_code=draft.province_code, today=shanghai_day(at))
    shape = [each for each in draft.problems if each.get("shape")]
    # A sheet that is missing or has a wrong heading says only that.
    gone = {each["sheet"] for each in shape if each["row"] <= 1}
    draft.problems = [*shape, *(each for each in found if each["sheet"] not in gone)]
    draft.problem_count, draft.checked_at = len(draft.problems), at


def workbook_of(draft: BatchDraft) -> bytes:
    """The file as it was handed in with its mistakes marked; else the sheets as a workbook."""
    kept = _workbook(draft)
    if kept is None:
        return batch_workbook.marked(batch_workbook.template(draft.content), draft.problems)
    return batch_workbook.marked(path_of(kept.file).read_bytes(), draft.problems)


def _workbook(draft: BatchDraft) -> Attachment | None:
    if not draft.source or draft.source == FORM:
        return None
    rows = Attachment.objects.filter(owner_type=WORKBOOK, owner_id=draft.pk)
    return rows.select_related("file").order_by("-pk").first()


FORM = "页面填写"


def _forget_workbook(draft: BatchDraft) -> None:
    draft.source = FORM


def _fill(
    draft: BatchDraft, content: Content, shape: Sequence[dict[str, Any]], at: datetime
) -> None:
    if sum(len(rows) for rows in content.values()) > MOST_ROWS:
        raise MissingInput("file", f"合计超过 {MOST_ROWS:,} 行，请核对")
    draft.content = {key: list(content.get(key, [])) for key in BY_KEY}
    head: dict[str, Any] = next((each["cells"] for each in draft.content["batch"]), {})
    draft.code, draft.name = str(head.get("code", ""))[:40], str(head.get("name", ""))[:200]
    draft.problems = [each | {"shape": True} for each in shape]
    recheck(draft, at)


def _keep(
    draft: BatchDraft,
    body: bytes,
    upload: UploadedFile,
    by: User,
    at: datetime,
) -> None:
    keep_made(
        owner_type=WORKBOOK, owner_id=draft.pk, name=_name(upload), body=io.BytesIO(body),
        content_type=XLSX, by=by, at=at,
    )  # fmt: skip


def _locked(draft: BatchDraft, by: User, scope: Scope, seen_version: int | None) -> BatchDraft:
    """The draft to be written, or why not."""
    locked = BatchDraft.objects.select_for_update().get(pk=draft.pk)
    if MAKER not in draft_standings(scope, locked):
        raise NotYours("批次草案由省级医保局的经办、审核或负责人编制")
    if locked.state != DraftState.DRAFT:
        raise TransitionRefused(f"草案{locked.get_state_display()}，不能再改：待复核的请先退回修改")
    if seen_version is not None and locked.row_version != seen_version:
        raise StaleVersion("草案已由他人修改，请刷新后在新内容上再改")
    return locked


def _save(draft: BatchDraft) -> None:
    draft.row_version += 1
    draft.save()


def _tell(action: str, draft: BatchDraft, by: User, at: datetime, **more: Any) -> None:
    record(
        by=by, at=at, action=action, object_type=OWNER, object_key=draft.pk,
        object_label=str(draft),
        detail={
            "problems": draft.problem_count,
            "rows": {key: len(rows) for key, rows in draft.content.items()}, **more,
        },
    )  # fmt: skip


def _name(upload: UploadedFile) -> str:
    base = (upload.name or "").replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in base if c.isprintable())[-200:] or "工作簿.xlsx"


def years_between(starts_on: date, ends_on: date) -> list[dict[str, Any]]:
    """Agreement years of a cycle: each from the start's day of the year to the day before the next."""
    rows: list[dict[str, Any]] = []
    first = starts_on
    while first <= ends_on:
        try:
            following = starts_on.replace(year=first.year + 1)
        except ValueError:
            following = date(first.year + 1, 3, 1)
        last = min(date.fromordinal(following.toordinal() - 1), ends_on)
        rows.append(
            {
                "row": len(rows) + 2,
                "cells": {
                    "year_no": str(len(rows) + 1), "starts_on": f"{first}", "ends_on": f"{last}",
                },
            }
        )  # fmt: skip
        first = following
    return rows
