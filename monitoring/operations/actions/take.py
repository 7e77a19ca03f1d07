"""An officer takes a proposed action: number, letter, due date, meeting, invitations, dated mark."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Max

from catalog.queries.province_values import province_value, whole_days
from core.attachments.store import keep_made
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput
from core.workdays.deadlines import Deadline, add_workdays, shanghai_day
from monitoring.documents.action_letter import action_letter
from monitoring.models import ActionInvite, SupervisionAction
from monitoring.operations.actions.held import held
from monitoring.operations.actions.propose import stamps_of
from monitoring.operations.actions.telling import OBJECT_TYPE, ask_offices, pass_on, tell
from monitoring.queries.action_page import LETTER, warnings_of
from monitoring.queries.actions import action_standings
from monitoring.queries.warning_rows import warning_rows
from monitoring.states.action import ACTION_MACHINE
from monitoring.states.action_kinds import (
    CLAUSE,
    INSTITUTION,
    KINDS,
    RECTIFICATION_DAYS,
    Kind,
    fits,
)
from organisations.models import Organisation, User
from organisations.operations.standings import set_standing
from organisations.queries.scope import Scope

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LONGEST = timedelta(days=366)
LONGEST_STANDING = timedelta(days=3 * 366)


@dataclass(frozen=True)
class Taking:
    """What the officer decided. An empty `due_on` is rectification_workdays from today."""

    kind: str
    matter: str
    demand: str
    due_on: date | None = None
    meeting_at: datetime | None = None
    meeting_place: str = ""
    invited: Sequence[Organisation] = ()
    effective_from: date | None = None
    effective_to: date | None = None


@operation
def take_action(
    *,
    action: SupervisionAction,
    taking: Taking,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> SupervisionAction:
    """Issue it in the own office's name with a letter as PDF and Word, which are kept as they are.

    The former step, if any, ends as 已升级. A kind that marks the organisation writes its dated
    standing, which ends by its own date. The subject and whoever is invited are told; the subject
    has the task to answer. Raises NotYours, StaleVersion, TransitionRefused, MissingInput, PaperError.
    """
    row = held(action, "take", scope, seen_version)
    kind = KINDS.get(taking.kind)
    if kind is None:
        raise MissingInput("kind", "没有这种措施，请从列表中选择", CLAUSE)
    side = INSTITUTION if row.institution_id else "enterprise"
    said = fits(taking.kind, side=side, level=scope.region_level)
    if not said:
        raise MissingInput("kind", said.reason, said.clause)
    _check_meeting(kind, taking, at)
    _check_invited(kind, taking)
    _check_dates(kind, taking, at)
    due = _due(kind, taking, row, at)
    proposing = row.office_id
    row.kind, row.level, row.office = taking.kind, scope.region_level, by.organisation
    row.clause = "；".join(dict.fromkeys([kind.clause, *row.clause.split("；")]))[:200].rstrip("；")
    row.due_on, row.due_provisional = (due.day, due.provisional) if due else (None, False)
    row.meeting_at, row.meeting_place = taking.meeting_at, taking.meeting_place.strip()
    row.effective_from, row.effective_to = taking.effective_from, taking.effective_to
    row.issued_at, row.issued_by_name = at, by.audit_name
    for name, value in stamps_of(row.subject, side, by.organisation).items():
        setattr(row, name, value)
    _number(row, at)
    row.save()
    if row.former is not None:
        _end_former(row.former, by, scope, at)
    moved: SupervisionAction
    moved, _ = ACTION_MACHINE.perform(
        verb="take", obj=row, by=by, at=at, standings=lambda each: action_standings(scope, each),
        inputs={"matter": taking.matter.strip(), "demand": taking.demand.strip()},
    )  # fmt: skip
    ActionInvite.objects.bulk_create(
        [ActionInvite(action=moved, organisation=each) for each in taking.invited]
    )
    if kind.standing and taking.effective_from:
        moved.standing = set_standing(
            organisation=row.subject, kind=kind.standing, valid_from=taking.effective_from,
            valid_to=taking.effective_to, clause=kind.clause, reason=moved.matter, by=by, at=at,
        )  # fmt: skip
        moved.save(update_fields=["standing"])
    _keep_letter(moved, [each.name for each in taking.invited], by, at)
    pass_on(action=moved, at=at)
    tell(
        action=moved, to=[moved.subject_id], key="take", title=f"{moved.office.name}作出监管措施",
        body=moved.demand, at=at, urgent=True,
    )  # fmt: skip
    tell(
        action=moved, to=[each.pk for each in taking.invited], key="invite",
        title="请派员参加" if kind.meets else "监管措施送达", body=moved.matter, at=at,
    )  # fmt: skip
    ask_offices(office_ids=[proposing, moved.office_id], at=at)
    return moved


def _check_meeting(kind: Kind, taking: Taking, at: datetime) -> None:
    given = taking.meeting_at is not None or bool(taking.meeting_place.strip())
    if not kind.meets:
        if given:
            raise MissingInput(
                "meeting_at", f"“{kind.label}”不安排会议，请清空时间和地点", kind.clause
            )
        return
    if taking.meeting_at is None:
        raise MissingInput("meeting_at", f"请填写{kind.label}时间", kind.clause)
    if not taking.meeting_place.strip():
        raise MissingInput("meeting_place", f"请填写{kind.label}地点", kind.clause)
    if taking.meeting_at <= at:
        raise MissingInput("meeting_at", f"{kind.label}时间须晚于现在", kind.clause)


def _check_invited(kind: Kind, taking: Taking) -> None:
    if kind.invites and kind.invites not in {each.kind for each in taking.invited}:
        who = Organisation.Kind(kind.invites).label
        raise MissingInput("invited", f"“{kind.label}”须选择{who}单位参加", kind.clause)


def _check_dates(kind: Kind, taking: Taking, at: datetime) -> None:
    begins, ends = taking.effective_from, taking.effective_to
    if not kind.standing:
        if begins or ends:
            raise MissingInput("effective_from", f"“{kind.label}”没有起止日期，请清空", kind.clause)
        return
    today = shanghai_day(at)
    if begins is None or begins < today:
        raise MissingInput("effective_from", "请填写起始日期，不早于今天", kind.clause)
    if ends is None or ends < begins:
        raise MissingInput(
            "effective_to", "请填写终止日期，不早于起始日期；期满自行终止", kind.clause
        )
    if ends - begins > LONGEST_STANDING:
        raise MissingInput("effective_to", "起止时间不超过三年", kind.clause)


def _due(kind: Kind, taking: Taking, row: SupervisionAction, at: datetime) -> Deadline | None:
    today = shanghai_day(at)
    if not kind.answered:
        if taking.due_on:
            raise MissingInput("due_on", f"“{kind.label}”不要求答复，请清空整改期限", kind.clause)
        return None
    if taking.due_on is None:
        days = province_value(row.province, today, RECTIFICATION_DAYS)
        return add_workdays(at, whole_days(days))
    if not today < taking.due_on <= today + LONGEST:
        raise MissingInput("due_on", "整改期限须晚于今天，最长一年", kind.clause)
    return Deadline(taking.due_on, False)


def _number(row: SupervisionAction, at: datetime) -> None:
    """The next number of the office's year; two who take at once take turns."""
    year = shanghai_day(at).year
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('action_letter'), %s)", [row.office_id % 2**31]
        )
    last = SupervisionAction.objects.filter(office_id=row.office_id, letter_year=year).aggregate(
        last=Max("letter_seq")
    )["last"]
    row.letter_year, row.letter_seq = year, (last or 0) + 1
    row.letter_no = f"监管函〔{year}〕{row.letter_seq}号"


def _end_former(former: SupervisionAction, by: User, scope: Scope, at: datetime) -> None:
    former, _ = ACTION_MACHINE.perform(
        verb="escalate", obj=former, by=by, at=at,
        standings=lambda each: action_standings(scope, each),
    )  # fmt: skip
    former.outcome = former.outcome or SupervisionAction.Outcome.NOT_ACCEPTED
    former.outcome_at = former.outcome_at or at
    former.save(update_fields=["outcome", "outcome_at"])
    pass_on(action=former, at=at)


def _keep_letter(action: SupervisionAction, invited: list[str], by: User, at: datetime) -> None:
    paper = action_letter(action, warning_rows(warnings_of(action)), invited)
    name = f"{action.get_kind_display()}{action.letter_no}"
    files = (("pdf", "application/pdf", paper.pdf(at=at)), ("docx", DOCX, paper.docx()))
    kept = [
        keep_made(
            owner_type=LETTER, owner_id=action.pk, name=f"{name}.{ending}", body=io.BytesIO(body),
            content_type=content_type, by=by, at=at,
        )
        for ending, content_type, body in files
    ]  # fmt: skip
    record(
        by=by, at=at, action="supervision_action.letter", object_type=OBJECT_TYPE,
        object_key=action.pk, object_label=str(action), clause=action.clause,
        detail={"letter_no": action.letter_no,
                "files": [{"name": each.name, "sha256": each.file.sha256} for each in kept]},
    )  # fmt: skip
