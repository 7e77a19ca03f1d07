"""Behind an action that was taken: the subject answers, the office judges, ends, or takes it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.files.uploadedfile import UploadedFile

from core.attachments.store import attach
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, TransitionRefused
from core.workdays.deadlines import shanghai_day
from monitoring.models import SupervisionAction
from monitoring.operations.actions.held import held
from monitoring.operations.actions.telling import (
    OBJECT_TYPE,
    ask_offices,
    invited_ids,
    pass_on,
    tell,
)
from monitoring.queries.action_page import ANSWER, MINUTES
from monitoring.queries.actions import action_standings
from monitoring.states.action import ACTION_MACHINE, OUTCOME_OF, RUNNING
from monitoring.states.action_kinds import KINDS
from organisations.models import User
from organisations.operations.standings import end_standing
from organisations.queries.scope import Scope


@operation
def answer_action(
    *,
    action: SupervisionAction,
    answer: str,
    uploads: Sequence[UploadedFile] = (),
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> SupervisionAction:
    """The subject says what it mended, with evidence; the office has the task to judge.

    An answer after the due day is taken and marked late by its own moment.
    """
    row = held(action, "answer", scope, seen_version)
    row.answered_at = at
    row.save(update_fields=["answered_at"])
    moved = _move(row, "answer", {"answer": answer.strip()}, by, scope, at)
    attach(owner_type=ANSWER, owner_id=moved.pk, uploads=uploads, by=by, at=at)
    tell(
        action=moved, to=[moved.office_id], key=f"answer-{moved.row_version}",
        title=f"{moved.subject.name}已提交整改答复", body=moved.answer, at=at,
    )  # fmt: skip
    return moved


@operation
def judge_action(
    *,
    action: SupervisionAction,
    verb: str,
    note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> SupervisionAction:
    """`accept`, `return`, `recover`, `end` or `withdraw`, with words that the subject reads.

    What is returned keeps its due day: past it the ladder proposes the next step. Withdrawing ends
    the dated mark with the day before; ending leaves it to its own date.
    """
    row = held(action, verb, scope, seen_version)
    if verb in OUTCOME_OF:
        row.outcome, row.outcome_at = OUTCOME_OF[verb], at
        row.save(update_fields=["outcome", "outcome_at"])
    moved = _move(row, verb, {"note": note.strip()}, by, scope, at)
    if verb == "withdraw" and moved.standing is not None:
        end_standing(
            standing=moved.standing, last_day=shanghai_day(at) - timedelta(days=1),
            reason=moved.note, by=by, at=at,
        )  # fmt: skip
    tell(
        action=moved, to={moved.subject_id, *invited_ids(moved)}, key=f"{verb}-{moved.row_version}",
        title=f"监管措施{ACTION_MACHINE.named(verb).label}", body=moved.note, at=at,
        urgent=verb == "return",
    )  # fmt: skip
    return moved


@operation
def dismiss_action(
    *,
    action: SupervisionAction,
    note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> SupervisionAction:
    """The office does not take what was proposed, and says why; nobody outside is told."""
    row = held(action, "dismiss", scope, seen_version)
    moved = _move(row, "dismiss", {"note": note.strip()}, by, scope, at)
    ask_offices(office_ids=[moved.office_id], at=at)
    return moved


@operation
def record_minutes(
    *,
    action: SupervisionAction,
    attendees: str,
    minutes: str,
    uploads: Sequence[UploadedFile] = (),
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> SupervisionAction:
    """纪要 of a meeting that was held: who came and what was said; written once, read by all parties.

    Raises NotYours, StaleVersion, TransitionRefused before the meeting or where there is none or
    minutes stand already, MissingInput.
    """
    row = held(action, "withdraw", scope, seen_version)
    kind = KINDS[row.kind]
    if row.state not in RUNNING or not kind.meets or row.meeting_at is None:
        raise TransitionRefused(f"“{kind.label}”没有会议，不登记纪要", kind.clause)
    if row.minuted_at is not None:
        raise TransitionRefused("纪要已经登记，不能改写；补充内容请写入认定意见", kind.clause)
    if at < row.meeting_at:
        raise TransitionRefused("会议尚未举行，会后再登记纪要", kind.clause)
    for name, words, label in (
        ("attendees", attendees, "参加人员"),
        ("minutes", minutes, "纪要内容"),
    ):
        if not words.strip():
            raise MissingInput(name, f"请填写{label}", kind.clause)
    row.attendees, row.minutes = attendees.strip(), minutes.strip()
    row.minuted_at, row.minuted_by_name = at, by.audit_name
    row.row_version += 1
    row.save(update_fields=[
        "attendees", "minutes", "minuted_at", "minuted_by_name", "row_version",
    ])  # fmt: skip
    attach(owner_type=MINUTES, owner_id=row.pk, uploads=uploads, by=by, at=at)
    record(
        by=by, at=at, action="supervision_action.minutes", object_type=OBJECT_TYPE,
        object_key=row.pk, object_label=str(row), clause=kind.clause,
        detail={"attendees": row.attendees, "files": len(uploads)},
    )  # fmt: skip
    tell(
        action=row, to={row.subject_id, *invited_ids(row)}, key="minutes", title="纪要已登记",
        body=row.minutes, at=at,
    )  # fmt: skip
    return row


def _move(
    row: SupervisionAction, verb: str, inputs: dict[str, str], by: User, scope: Scope, at: datetime
) -> SupervisionAction:
    moved: SupervisionAction
    moved, _ = ACTION_MACHINE.perform(
        verb=verb, obj=row, by=by, at=at, inputs=inputs,
        standings=lambda each: action_standings(scope, each),
    )  # fmt: skip
    pass_on(action=moved, at=at)
    return moved
