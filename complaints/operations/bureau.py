"""The bureaus' steps: 督办, passing on to the level above, closing."""

from __future__ import annotations

from datetime import datetime

from complaints.models import Complaint, ComplaintCase
from complaints.operations.telling import OBJECT_TYPE, ask_bureau, pass_on, sides, tell
from complaints.operations.thread import add_message, taken_up
from complaints.queries.cases import (
    deadline,
    next_level,
    oversees,
    region_id_at,
    respondents,
    standings,
)
from complaints.rules import LEVEL_DAYS, PRE_PRICE_LOWER
from complaints.states import CLAUSE, COMPLAINT_MACHINE, OPEN
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from organisations.models import User
from organisations.queries.scope import Scope


@operation
def supervise(
    *,
    complaint: Complaint,
    text: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ComplaintCase:
    """督办: a bureau over the complaint urges whoever holds it, in words that all sides read.

    Its own clock goes on: by complaint_level_workdays from now it is settled or passed on.
    """
    case = _opened(complaint, seen_version)
    fact = case.complaint
    if not oversees(scope, fact, case):
        raise NotYours("督办由正在办理的医保局或其上级办理", CLAUSE)
    _still_open(case)
    if not text.strip():
        raise MissingInput("text", "请填写督办要求", CLAUSE)
    case.supervised_at = at
    case.bureau_due_on = deadline(fact, LEVEL_DAYS, at).day
    case.bureau_late_at = None
    _keep(case, "supervise", text, by, at)
    ask_bureau(complaint=fact, case=case, words="跟踪督办的诉求", at=at)
    tell(
        complaint=fact, to={*respondents(fact), *sides(fact, case)} - {by.organisation_id},
        key=f"supervise-{case.row_version}", title=f"{by.organisation.name}督办", body=text, at=at,
        urgent=True,
    )  # fmt: skip
    return case


@operation
def escalate(
    *,
    complaint: Complaint,
    text: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ComplaintCase:
    """To the next level by the bureau that has it, or taken up by a bureau above.

    The level that has it now gets its own day by complaint_level_workdays. Raises NotYours,
    TransitionRefused above the province, MissingInput, StaleVersion.
    """
    case = _opened(complaint, seen_version)
    fact = case.complaint
    if not oversees(scope, fact, case):
        raise NotYours("上报由正在办理的医保局办理，上级可以提级办理", CLAUSE)
    _still_open(case)
    if not text.strip():
        raise MissingInput("text", "请填写上报（提级）的原因和已做的工作", CLAUSE)
    own = scope.region_id == region_id_at(fact, case.level)
    target = next_level(fact, case.level) if own else scope.region_level
    if target is None:
        raise TransitionRefused("已经由省级办理，不能再上报：请督办或办结", CLAUSE)
    case.level, case.level_since = target, at
    case.bureau_due_on = deadline(fact, LEVEL_DAYS, at).day
    case.bureau_late_at = None
    _keep(case, "escalate", text, by, at)
    ask_bureau(complaint=fact, case=case, words="办理上报的诉求", at=at)
    # A task to close belongs to the bureau that has it now.
    if case.state == ComplaintCase.State.CONFIRMED:
        pass_on(complaint=fact, case=case, at=at)
    tell(
        complaint=fact, to=sides(fact, case) - {by.organisation_id},
        key=f"escalate-{case.row_version}", title=f"上报至{case.get_level_display()}", body=text,
        at=at,
    )  # fmt: skip
    return case


@operation
def close_complaint(
    *,
    complaint: Complaint,
    conclusion: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ComplaintCase:
    """The bureau at the complaint's level ends it in words; what was not solved stays unsolved in
    the figures. A report of 集采前价格更低 is decided by the province."""
    case = taken_up(complaint=complaint)
    fact = case.complaint
    held = standings(scope, fact, case)
    gathered = fact.category == PRE_PRICE_LOWER and case.level != "province"
    if gathered and COMPLAINT_MACHINE.verdict(COMPLAINT_MACHINE.named("close"), case, held):
        raise TransitionRefused(
            "集采前价格更低由设区市梳理后上报，省级处理：请用“上报”", "赣医保字〔2024〕22号 十三"
        )
    moved: ComplaintCase
    moved, _ = COMPLAINT_MACHINE.perform(
        verb="close", obj=case, by=by, at=at, inputs={"conclusion": conclusion.strip()},
        seen_version=seen_version, standings=lambda row: standings(scope, fact, row),
    )  # fmt: skip
    moved.complaint = fact
    moved.due_on = moved.bureau_due_on = moved.overdue_since = None
    moved.save(update_fields=["due_on", "bureau_due_on", "overdue_since"])
    add_message(case=moved, kind="close", text=conclusion, by=by, at=at)
    pass_on(complaint=fact, case=moved, at=at)
    tell(
        complaint=fact, to=sides(fact, moved) - {by.organisation_id}, key="close",
        title="诉求已办结", body=conclusion, at=at,
    )  # fmt: skip
    return moved


def _opened(complaint: Complaint, seen_version: int | None) -> ComplaintCase:
    case = taken_up(complaint=complaint)
    if seen_version is not None and case.row_version != seen_version:
        raise StaleVersion("该诉求已由他人更新，请刷新后再办理")
    return case


def _still_open(case: ComplaintCase) -> None:
    if case.state not in OPEN:
        raise TransitionRefused(f"诉求{case.get_state_display()}，不再督办或上报", CLAUSE)


def _keep(case: ComplaintCase, verb: str, text: str, by: User, at: datetime) -> None:
    case.row_version += 1
    case.save(update_fields=[
        "level", "level_since", "supervised_at", "bureau_due_on", "bureau_late_at", "row_version",
    ])  # fmt: skip
    add_message(case=case, kind=verb, text=text, by=by, at=at)
    action = "complaint.supervise" if verb == "supervise" else "complaint.escalate"
    record(
        by=by, at=at, action=action, object_type=OBJECT_TYPE, object_key=case.pk,
        object_label=str(case), reason=text.strip(), clause=CLAUSE,
        detail={"level": case.level, "due_on": str(case.bureau_due_on)},
    )  # fmt: skip
