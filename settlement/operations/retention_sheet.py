"""An institution's sheet: its own check, confirmed or appealed, decided, its share-out filed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection

from catalog.models import AgreementYear
from core.attachments.store import attach
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from core.workdays.deadlines import shanghai_day
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from monitoring.queries.assessment import year_terms
from organisations.models import ConsortiumMembership, User
from organisations.queries.scope import Scope
from settlement.models import RetentionRow, RetentionShareOut, RetentionSheet
from settlement.operations.retention_compute import TOTALS, write_rows
from settlement.operations.retention_run import sheet_url
from settlement.queries.retention import APPROVERS, pool_bureau, sheet_standings, year_of
from settlement.queries.retention_figures import collect, formula_terms
from settlement.rules.retention import appeal_in_time, shared_whole
from settlement.states.retention import (
    CLAUSE,
    FROZEN_RUNS,
    OFFICE,
    OVERLAP_CLAUSE,
    SHARE_OUT_CLAUSE,
    SHEET_MACHINE,
)

SHEET = SHEET_MACHINE.name
CENT = Decimal("0.01")


@operation
def answer_sheet(
    *,
    sheet: RetentionSheet,
    verb: str,
    words: str = "",
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> RetentionSheet:
    """`self_check` with its remark, or `confirm`. Raises NotYours, MissingInput, TransitionRefused."""
    if verb not in ("self_check", "confirm"):
        raise ValueError(verb)
    inputs = {"self_check_note": words} if verb == "self_check" else {}
    moved = _perform(sheet, verb, inputs, by, scope, at, seen_version)
    finish_tasks(object_type=SHEET, object_keys=[moved.sheet_no], at=at)
    return moved


@operation
def appeal_sheet(
    *,
    sheet: RetentionSheet,
    words: str,
    uploads: Sequence[UploadedFile] = (),
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> RetentionSheet:
    """With evidence, until the end of the last working day. The pool's bureau has to decide.

    Raises NotYours, MissingInput without a reason or a file, TransitionRefused when it is late.
    """
    held = _held(sheet, "appeal", scope, seen_version)
    said = appeal_in_time(due_on=held.run.appeal_due_on, today=shanghai_day(at))
    if not said:
        raise TransitionRefused.of(said)
    if not words.strip():
        raise MissingInput("words", "请填写申诉理由：哪个品种、哪项数据不对", CLAUSE)
    if not uploads:
        raise MissingInput("files", "请上传至少一份证明材料", CLAUSE)
    attach(owner_type=SHEET, owner_id=held.pk, uploads=uploads, by=by, at=at)
    moved = _perform(held, "appeal", {"appeal_text": words}, by, scope, at, seen_version)
    finish_tasks(object_type=SHEET, object_keys=[moved.sheet_no], at=at)
    office = pool_bureau(moved.run)
    if office is not None:
        open_tasks(
            tasks=[NewTask(
                organisation_id=office.pk, act="decide_retention",
                title=f"复核结余留用申诉：{moved.institution.name}", object_type=SHEET,
                object_key=f"{moved.sheet_no}/office", url=sheet_url(moved.sheet_no),
                roles=APPROVERS,
            )], at=at,
        )  # fmt: skip
    return moved


@operation
def decide_appeal(
    *,
    sheet: RetentionSheet,
    verb: str,
    words: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> RetentionSheet:
    """`maintain`, or `adjust`: compute the unit anew from the data as they were corrected.

    A figure is never typed in: the mistake is mended where it stands (report, receipt, exemption,
    input), and the formula does the rest. Raises NotYours, MissingInput, StaleVersion, and
    TransitionRefused where nothing changes by it.
    """
    if verb not in ("maintain", "adjust"):
        raise ValueError(verb)
    held = _held(sheet, verb, scope, seen_version)
    if not words.strip():
        raise MissingInput("words", "请填写复核意见", CLAUSE)
    if verb == "adjust":
        _compute_anew(held)
    moved = _perform(held, verb, {"decision_note": words}, by, scope, at, seen_version)
    finish_tasks(object_type=SHEET, object_keys=[f"{moved.sheet_no}/office"], at=at)
    notify(
        notices=[NewNotice(
            moved.institution_id, f"retention-decided-{moved.sheet_no}",
            f"结余留用申诉已复核：{moved.get_state_display()}", words, sheet_url(moved.sheet_no),
        )], at=at,
    )  # fmt: skip
    return moved


@operation
def note_overlap(
    *,
    sheet: RetentionSheet,
    note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> RetentionSheet:
    """Say that incentives of payment reform stand for the same (S2-8.4); an empty note takes it back.

    Figures do not change by it. Raises NotYours, TransitionRefused once the run is countersigned.
    """
    held = _locked(sheet)
    if OFFICE not in sheet_standings(scope, held):
        raise NotYours("由统筹区所在地医保局的经办、审核或负责人标注", OVERLAP_CLAUSE)
    if seen_version is not None and held.row_version != seen_version:
        raise StaleVersion("这份测算说明刚刚有变动，请刷新核对后再办理", OVERLAP_CLAUSE)
    if held.run.state in FROZEN_RUNS:
        raise TransitionRefused("财政已会签，测算结果不再改动", OVERLAP_CLAUSE)
    held.overlap, held.overlap_note = bool(note.strip()), note.strip()[:500]
    held.row_version += 1
    held.save(update_fields=["overlap", "overlap_note", "row_version"])
    record(
        by=by, at=at, action="retention_sheet.note_overlap", object_type=SHEET, object_key=held.pk,
        object_label=str(held), clause=OVERLAP_CLAUSE, detail={"note": held.overlap_note},
    )  # fmt: skip
    return held


@operation
def file_share_out(
    *,
    sheet: RetentionSheet,
    staff_amount: Decimal,
    members_amount: Decimal,
    other_amount: Decimal,
    method: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> RetentionSheet:
    """How what was paid was shared out, in yuan to the cent; filed once (S2-11.3).

    Raises NotYours, MissingInput naming the field, TransitionRefused, StaleVersion.
    """
    held = _held(sheet, "file", scope, seen_version)
    amounts = {
        "staff_amount": staff_amount, "members_amount": members_amount, "other_amount": other_amount,
    }  # fmt: skip
    for name, amount in amounts.items():
        if amount < 0 or amount != amount.quantize(CENT):
            raise MissingInput(name, "金额不能为负，最多两位小数", SHARE_OUT_CLAUSE)
    if not method.strip():
        raise MissingInput("method", "请填写内部考核和分配办法", SHARE_OUT_CLAUSE)
    said = shared_whole(
        paid=held.retained, parts=sum(amounts.values(), Decimal(0)), staff=staff_amount,
        method=method,
    )  # fmt: skip
    if not said:
        raise MissingInput("staff_amount", said.reason, said.clause)
    RetentionShareOut.objects.create(
        sheet=held, method=method.strip(), filed_at=at, filed_by_name=by.audit_name, **amounts
    )
    moved = _perform(held, "file", {}, by, scope, at, seen_version)
    finish_tasks(object_type=SHEET, object_keys=[moved.sheet_no], at=at)
    return moved


def _compute_anew(held: RetentionSheet) -> None:
    """Replace the sheet's rows by what the data say now; keep what they were."""
    run = held.run
    year = year_of(run)
    terms = year_terms(year)
    kept = _as_kept(held)
    nothing = {"rows_count": 0, "passed_count": 0, "missing_count": 0, "base": 0, "retained": 0}
    with connection.cursor() as cursor:
        collect(cursor, terms, institutions=_members(held.institution_id, year))
        RetentionRow.objects.filter(sheet=held).delete()
        RetentionSheet.objects.filter(pk=held.pk).update(**nothing)
        write_rows(
            cursor, {run.pool_id: run.pk}, {held.institution_id: held.pk}, formula_terms(terms)
        )
        cursor.execute(TOTALS, {"sheets": [held.pk]})
    held.refresh_from_db(fields=["rows_count", "passed_count", "missing_count", "base", "retained"])
    if _as_kept(held)["rows"] == kept["rows"]:
        raise TransitionRefused(
            "按现有数据重算的结果与原来相同：请先更正有误的数据（报量、收货、豁免或测算数据），再按重算办理；"
            "数据无误的请维持原结果",
            CLAUSE,
        )
    held.before_appeal = kept
    held.save(update_fields=["before_appeal"])


def _as_kept(sheet: RetentionSheet) -> dict[str, Any]:
    rows = RetentionRow.objects.filter(sheet=sheet).order_by("group__code")
    return {
        "retained": f"{sheet.retained:.2f}",
        "rows": [
            {"group": code, "base": f"{base}", "because": because, "retained": f"{kept}"}
            for code, base, because, kept in rows.values_list(
                "group__code", "base", "failed_because", "retained"
            )
        ],
    }


def _members(unit: int, year: AgreementYear) -> tuple[int, ...]:
    """The institutions that are this unit on the year's last day."""
    on = year.ends_on
    rows = ConsortiumMembership.objects.filter(consortium__lead=unit, valid_from__lte=on)
    rows = rows.exclude(valid_to__lt=on)
    return tuple(sorted({unit, *rows.values_list("institution_id", flat=True)}))


def _locked(sheet: RetentionSheet) -> RetentionSheet:
    return (
        RetentionSheet.objects.select_for_update(of=("self",))
        .select_related("run__batch", "institution").get(pk=sheet.pk)
    )  # fmt: skip


def _held(
    sheet: RetentionSheet, verb: str, scope: Scope, seen_version: int | None
) -> RetentionSheet:
    held = _locked(sheet)
    standings = sheet_standings(scope, held)
    step = SHEET_MACHINE.named(verb)
    verdict = SHEET_MACHINE.verdict(step, held, standings)
    if not step.by & standings:
        raise NotYours.of(verdict)
    if seen_version is not None and held.row_version != seen_version:
        raise StaleVersion("这份测算说明刚刚有变动，请刷新核对后再办理", CLAUSE)
    if not verdict:
        raise TransitionRefused.of(verdict)
    return held


def _perform(
    sheet: RetentionSheet,
    verb: str,
    inputs: dict[str, str],
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None,
) -> RetentionSheet:
    moved: RetentionSheet
    moved, _ = SHEET_MACHINE.perform(
        verb=verb, obj=sheet, by=by, at=at, seen_version=seen_version, inputs=inputs,
        standings=lambda each: sheet_standings(scope, each),
    )  # fmt: skip
    return moved
