"""The enterprise is heard; when its time has passed, the office is asked to decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile

from core.attachments.store import attach
from core.operations import operation
from core.transitions import TransitionRefused
from core.workdays.deadlines import shanghai_day
from inbox.models import Task
from monitoring.models import SanctionCase
from monitoring.operations.sanctions.held import held
from monitoring.operations.sanctions.telling import OBJECT_TYPE, pass_on, tell
from monitoring.queries.sanction_cases import (
    PAPERS,
    sanction_standings,
    statement_over,
)
from monitoring.states.sanction_case import SANCTION_CLAUSE, SANCTION_MACHINE
from organisations.models import User
from organisations.queries.scope import Scope


@operation
def make_statement(
    *,
    case: SanctionCase,
    statement: str,
    uploads: Sequence[UploadedFile] = (),
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> SanctionCase:
    """The enterprise's words and papers, until the end of the last day.

    Raises NotYours, StaleVersion, TransitionRefused (also when it is too late), MissingInput.
    """
    row = held(case, "state", scope, seen_version)
    if statement_over(row, shanghai_day(at)):
        raise TransitionRefused(
            f"陈述申辩期限已于 {row.statement_due_on:%Y-%m-%d} 届满，"
            f"请与{row.office.name}联系，决定作出前由其酌情补充",
            SANCTION_CLAUSE,
        )
    row.stated_at = at
    row.save(update_fields=["stated_at"])
    moved: SanctionCase
    moved, _ = SANCTION_MACHINE.perform(
        verb="state", obj=row, by=by, at=at, inputs={"statement": statement.strip()},
        standings=lambda each: sanction_standings(scope, each),
    )  # fmt: skip
    attach(owner_type=PAPERS, owner_id=moved.pk, uploads=uploads, by=by, at=at)
    pass_on(case=moved, at=at)
    tell(
        case=moved, to=moved.office_id, key="statement", at=at,
        title=f"{moved.subject.name}已提交陈述申辩", body="请由立案人以外的人员复核并作出决定",
    )  # fmt: skip
    return moved


@operation
def ask_for_decisions(*, on: date, at: datetime) -> int:
    """Notices whose time passed without a statement become the office's task, once each."""
    rows = SanctionCase.objects.select_for_update(of=("self",), skip_locked=True).filter(
        state="noticed", statement_due_on__lt=on
    )
    asked = set(
        Task.objects.filter(
            object_type=OBJECT_TYPE, act="decide_sanction", done_at__isnull=True
        ).values_list("object_key", flat=True)
    )
    late = [row for row in rows.select_related("subject", "office") if row.case_no not in asked]
    for row in late:
        pass_on(case=row, at=at, over=True)
        tell(
            case=row, to=row.office_id, key="silent", at=at, title="陈述申辩期限届满",
            body=f"{row.subject.name}没有提交陈述申辩，请作出决定",
        )  # fmt: skip
    return len(late)
