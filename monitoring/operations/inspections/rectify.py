"""The organisation answers each finding; the office judges each and closes when all are mended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile

from core.attachments.store import attach
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput
from monitoring.models import SiteInspection, SiteInspectionItem
from monitoring.operations.inspections.held import held
from monitoring.operations.inspections.telling import OBJECT_TYPE, pass_on, tell
from monitoring.queries.site_inspections import ANSWER, inspection_standings, to_mend
from monitoring.states.site_inspection import INSPECTION_CLAUSE, INSPECTION_MACHINE
from organisations.models import User
from organisations.queries.scope import Scope


@operation
def answer_inspection(
    *,
    inspection: SiteInspection,
    answers: Mapping[int, str],
    uploads: Sequence[UploadedFile] = (),
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> SiteInspection:
    """Words for every finding that was not accepted yet, by the item's number.

    An answer after the due day is taken and marked late by its own moment. Raises NotYours,
    StaleVersion, TransitionRefused, MissingInput (`answer_3`).
    """
    row = held(inspection, "answer", scope, seen_version)
    items = to_mend(row)
    _known(answers, items, "answers")
    for each in items:
        words = answers.get(each.seq, "").strip()
        if not words:
            raise MissingInput(
                f"answer_{each.seq}", f"请填写第 {each.seq} 项的整改情况", INSPECTION_CLAUSE
            )
        each.answer, each.accepted = words, None
    SiteInspectionItem.objects.bulk_update(items, ["answer", "accepted"])
    row.answered_at = at
    row.save(update_fields=["answered_at"])
    moved = _move(row, "answer", {}, by, scope, at)
    attach(owner_type=ANSWER, owner_id=moved.pk, uploads=uploads, by=by, at=at)
    tell(
        inspection=moved, to=moved.office_id, key=f"answer-{moved.row_version}",
        title=f"{moved.subject.name}已提交督导检查整改情况", body=f"共 {len(items)} 项待核实", at=at,
    )  # fmt: skip
    return moved


@operation
def judge_inspection(
    *,
    inspection: SiteInspection,
    verdicts: Mapping[int, bool],
    note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> SiteInspection:
    """Accepted or not for every answered finding; closed when all are, else returned.

    What is returned keeps its due day. Raises NotYours, StaleVersion, TransitionRefused,
    MissingInput (`verdict_3`).
    """
    row = held(inspection, "accept", scope, seen_version)
    items = to_mend(row)
    _known(verdicts, items, "verdicts")
    for each in items:
        if each.seq not in verdicts:
            raise MissingInput(
                f"verdict_{each.seq}", f"请认定第 {each.seq} 项是否整改到位", INSPECTION_CLAUSE
            )
        each.accepted = verdicts[each.seq]
    SiteInspectionItem.objects.bulk_update(items, ["accepted"])
    failed = [each.seq for each in items if not each.accepted]
    verb = "return" if failed else "accept"
    moved = _move(row, verb, {"note": note.strip()}, by, scope, at)
    record(
        by=by, at=at, action="site_inspection.judge_items", object_type=OBJECT_TYPE,
        object_key=moved.pk, object_label=moved.inspection_no, clause=INSPECTION_CLAUSE,
        detail={"accepted": [each.seq for each in items if each.accepted], "failed": failed},
    )  # fmt: skip
    tell(
        inspection=moved, to=moved.subject_id, key=f"{verb}-{moved.row_version}",
        title=f"督导检查{moved.get_state_display()}", body=moved.note, at=at, urgent=bool(failed),
    )  # fmt: skip
    return moved


def _known(given: Mapping[int, object], items: Sequence[SiteInspectionItem], name: str) -> None:
    unknown = sorted(set(given) - {each.seq for each in items})
    if unknown:
        raise MissingInput(name, f"第 {unknown[0]} 项不在待整改的问题里", INSPECTION_CLAUSE)


def _move(
    row: SiteInspection, verb: str, inputs: dict[str, str], by: User, scope: Scope, at: datetime
) -> SiteInspection:
    moved: SiteInspection
    moved, _ = INSPECTION_MACHINE.perform(
        verb=verb, obj=row, by=by, at=at, inputs=inputs,
        standings=lambda each: inspection_standings(scope, each),
    )  # fmt: skip
    pass_on(inspection=moved, at=at)
    return moved
