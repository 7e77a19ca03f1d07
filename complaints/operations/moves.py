"""The steps of the two sides: reply with a promise, claim, confirm or refuse, withdraw."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile

from complaints.models import Complaint, ComplaintCase
from complaints.operations.telling import ask_bureau, pass_on, sides, tell
from complaints.operations.thread import add_message, taken_up
from complaints.queries.cases import deadline, standings
from complaints.rules import (
    CLOSE_DAYS,
    CONFIRM_DAYS,
    LEVEL_DAYS,
    PRE_PRICE_LOWER,
    PROMISE_DAYS,
    REPLY_DAYS,
    promise_fits,
)
from complaints.states import COMPLAINT_MACHINE
from core.operations import operation
from core.transitions import MissingInput
from core.workdays.deadlines import Deadline, shanghai_day
from organisations.models import User
from organisations.queries.scope import Scope

CLOCKS = {"claim": CONFIRM_DAYS, "confirm": CLOSE_DAYS, "refuse": REPLY_DAYS}
"""The parameter of the step that follows a verb; a reply is followed by its own promise."""


@operation
def reply_complaint(
    *,
    complaint: Complaint,
    reply: str,
    promised_on: date,
    uploads: Sequence[UploadedFile] = (),
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ComplaintCase:
    """Answer and promise a day, at most promise_workdays after today.

    The first reply and its promise are the facts that figures read; later ones change the clock
    of the case only. Raises NotYours, TransitionRefused, StaleVersion, MissingInput.
    """
    case = taken_up(complaint=complaint)
    fact = case.complaint
    allowed = COMPLAINT_MACHINE.verdict(
        COMPLAINT_MACHINE.named("reply"), case, standings(scope, fact, case)
    )
    latest = deadline(fact, PROMISE_DAYS, at)
    fits = promise_fits(promised_on, today=shanghai_day(at), latest=latest.day)
    # Whose step it is not is told that first.
    if allowed and not fits:
        raise MissingInput("promised_on", fits.reason, fits.clause)
    case = _move("reply", {"reply": reply}, case, by, scope, at, seen_version)
    case.promised_on = promised_on
    if fact.replied_at is None:
        fact.replied_at, fact.promised_on = at, promised_on
        fact.save(update_fields=["replied_at", "promised_on"])
    due = Deadline(promised_on, latest.provisional)
    _follow(
        case,
        due,
        "reply",
        f"{reply.strip()}\n承诺解决日期：{promised_on:%Y-%m-%d}",
        uploads,
        by,
        at,
    )
    return case


@operation
def claim_solved(
    *,
    complaint: Complaint,
    solution: str,
    uploads: Sequence[UploadedFile] = (),
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ComplaintCase:
    """The side complained of says that it is solved; the filer has to say whether it is."""
    case = taken_up(complaint=complaint)
    case = _move("claim", {"solution": solution}, case, by, scope, at, seen_version)
    case.complaint.resolved_at = at
    case.complaint.save(update_fields=["resolved_at"])
    _ease_bureau(case)
    due = deadline(case.complaint, CLOCKS["claim"], at)
    _follow(case, due, "claim", solution, uploads, by, at)
    return case


@operation
def confirm_solved(
    *,
    complaint: Complaint,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ComplaintCase:
    """The filer agrees; the bureau closes."""
    case = taken_up(complaint=complaint)
    case = _move("confirm", {}, case, by, scope, at, seen_version)
    _follow(case, deadline(case.complaint, CLOCKS["confirm"], at), "confirm", "", (), by, at)
    return case


@operation
def refuse_solved(
    *,
    complaint: Complaint,
    refusal: str,
    uploads: Sequence[UploadedFile] = (),
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ComplaintCase:
    """The filer denies that it is solved: the other side replies anew, the bureau has to act."""
    case = taken_up(complaint=complaint)
    case = _move("refuse", {"refusal": refusal}, case, by, scope, at, seen_version)
    case.complaint.resolved_at = None
    case.complaint.save(update_fields=["resolved_at"])
    case.bureau_due_on = deadline(case.complaint, LEVEL_DAYS, at).day
    case.bureau_late_at = None
    due = deadline(case.complaint, CLOCKS["refuse"], at)
    _follow(case, due, "refuse", refusal, uploads, by, at)
    ask_bureau(complaint=case.complaint, case=case, words="督办未解决的诉求", at=at)
    return case


@operation
def withdraw_complaint(
    *,
    complaint: Complaint,
    withdrawal: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ComplaintCase:
    """The filer takes it back; a deadline that has not passed yet is judged no more."""
    case = taken_up(complaint=complaint)
    case = _move("withdraw", {"withdrawal": withdrawal}, case, by, scope, at, seen_version)
    case.complaint.withdrawn_at = at
    case.complaint.save(update_fields=["withdrawn_at"])
    _follow(case, None, "withdraw", withdrawal, (), by, at)
    return case


def _move(
    verb: str,
    inputs: dict[str, str],
    case: ComplaintCase,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None,
) -> ComplaintCase:
    fact = case.complaint
    moved: ComplaintCase
    moved, _ = COMPLAINT_MACHINE.perform(
        verb=verb, obj=case, by=by, at=at, seen_version=seen_version,
        inputs={name: text.strip() for name, text in inputs.items()},
        standings=lambda held: standings(scope, fact, held),
    )  # fmt: skip
    moved.complaint = fact
    return moved


def _follow(
    case: ComplaintCase,
    due: Deadline | None,
    kind: str,
    text: str,
    uploads: Sequence[UploadedFile],
    by: User,
    at: datetime,
) -> None:
    """The clock of the step that begins, its words in the thread, tasks and notices."""
    case.due_on, case.due_provisional = (due.day, due.provisional) if due else (None, False)
    case.overdue_since = None
    if due is None:
        case.bureau_due_on = None
    case.save(update_fields=[
        "due_on", "due_provisional", "overdue_since", "promised_on", "bureau_due_on",
        "bureau_late_at",
    ])  # fmt: skip
    add_message(case=case, kind=kind, text=text, uploads=uploads, by=by, at=at)
    fact = case.complaint
    pass_on(complaint=fact, case=case, at=at)
    tell(
        complaint=fact, to=sides(fact, case) - {by.organisation_id},
        key=f"{kind}-{case.row_version}", title=f"诉求{case.get_state_display()}", body=text, at=at,
    )  # fmt: skip


def _ease_bureau(case: ComplaintCase) -> None:
    """What is said to be solved waits for the filer, not for the bureau; reports of prices stay."""
    if case.complaint.category != PRE_PRICE_LOWER:
        case.bureau_due_on, case.bureau_late_at = None, None
