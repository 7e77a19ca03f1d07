"""信用修复: the enterprise asks with what it mended; the office grants it or says why not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile

from core.attachments.store import attach
from core.operations import operation
from core.transitions import MissingInput
from core.workdays.deadlines import shanghai_day
from monitoring.models import SanctionCase
from monitoring.operations.sanctions.held import held
from monitoring.operations.sanctions.letters import keep_letter
from monitoring.operations.sanctions.telling import pass_on, tell
from monitoring.queries.sanction_cases import PAPERS, sanction_standings
from monitoring.states.sanction_case import SANCTION_CLAUSE, SANCTION_MACHINE
from organisations.models import User
from organisations.queries.scope import Scope


@operation
def ask_repair(
    *,
    case: SanctionCase,
    repair: str,
    uploads: Sequence[UploadedFile] = (),
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> SanctionCase:
    """The enterprise says what it ended, dealt with and gave back, with papers.

    Raises NotYours, StaleVersion, TransitionRefused, MissingInput (repair, files).
    """
    row = held(case, "ask_repair", scope, seen_version)
    if not repair.strip():
        raise MissingInput("repair", "请填写整改和修复情况", SANCTION_CLAUSE)
    if not uploads:
        raise MissingInput("files", "请上传整改和修复的证明材料", SANCTION_CLAUSE)
    row.repair_asked_at = at
    row.save(update_fields=["repair_asked_at"])
    moved: SanctionCase
    moved, _ = SANCTION_MACHINE.perform(
        verb="ask_repair", obj=row, by=by, at=at, inputs={"repair": repair.strip()},
        standings=lambda each: sanction_standings(scope, each),
    )  # fmt: skip
    attach(owner_type=PAPERS, owner_id=moved.pk, uploads=uploads, by=by, at=at)
    pass_on(case=moved, at=at)
    tell(
        case=moved, to=moved.office_id, key=f"repair-{moved.row_version}", at=at,
        title=f"{moved.subject.name}申请信用修复", body=moved.repair,
    )  # fmt: skip
    return moved


@operation
def judge_repair(
    *,
    case: SanctionCase,
    granted: bool,
    note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> SanctionCase:
    """Granted: the decision ends today, with a letter. Else it goes on, and may be asked again.

    A cancelled selection does not come back by it; orders of the product are free again.
    """
    verb = "grant_repair" if granted else "refuse_repair"
    row = held(case, verb, scope, seen_version)
    if granted:
        row.ended_on = shanghai_day(at)
        row.save(update_fields=["ended_on"])
    moved: SanctionCase
    moved, _ = SANCTION_MACHINE.perform(
        verb=verb, obj=row, by=by, at=at, inputs={"note": note.strip()},
        standings=lambda each: sanction_standings(scope, each),
    )  # fmt: skip
    if granted:
        keep_letter(moved, "repaired", by, at)
    pass_on(case=moved, at=at)
    tell(
        case=moved, to=moved.subject_id, key=f"{verb}-{moved.row_version}", at=at,
        title="准予信用修复" if granted else "不予信用修复", body=moved.note,
    )  # fmt: skip
    return moved
