"""Every hour: take up what the dataset brought, put what is overdue on the bureaus' lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from complaints.models import Complaint, ComplaintCase
from complaints.operations.telling import ask_bureau, pass_on, sides, tell
from complaints.operations.thread import taken_up
from complaints.queries.cases import bureau_at, deadline, next_level, state_by_moments
from complaints.rules import SUPERVISE_DAYS
from complaints.states import CLAUSE, OPEN
from core.audit.record import Actor, record
from core.operations import operation
from core.workdays.deadlines import shanghai_day

AT_ONCE = 500
"""Cases in one transaction; the next hour takes the next ones."""
NAMED = ("product", "county", "city", "province", "institution")


@dataclass(frozen=True)
class Followed:
    """How many complaints were taken up, brought up to the dataset's moments, found overdue, and
    how many bureaus' days had passed."""

    taken_up: int
    caught_up: int
    overdue: int
    late_bureaus: int


@operation
def follow_complaints(*, by: Actor, at: datetime) -> Followed:
    """Safe to repeat: each overdue step and each late bureau is told of once."""
    today = shanghai_day(at)
    done = Followed(
        taken_up=_take_up(at),
        caught_up=_catch_up(at),
        overdue=_find_overdue(today, by, at),
        late_bureaus=_find_late_bureaus(today, at),
    )
    if done != Followed(0, 0, 0, 0):
        record(
            by=by, at=at, action="complaint.follow", object_type="day",
            object_key=today.isoformat(), object_label="诉求时限", clause=CLAUSE,
            detail={"taken_up": done.taken_up, "caught_up": done.caught_up,
                    "overdue": done.overdue, "late_bureaus": done.late_bureaus},
        )  # fmt: skip
    return done


def _take_up(at: datetime) -> int:
    """Open complaints that the dataset brought: their side that has to act gets its task."""
    rows = Complaint.objects.filter(
        case__isnull=True, resolved_at__isnull=True, withdrawn_at__isnull=True
    )
    found = list(rows.select_related(*NAMED).order_by("filed_at", "pk")[:AT_ONCE])
    for complaint in found:
        case = taken_up(complaint=complaint)
        pass_on(complaint=complaint, case=case, at=at)
    return len(found)


def _catch_up(at: datetime) -> int:
    """Cases of the dataset whose moments a later load has moved on."""
    rows = ComplaintCase.objects.filter(from_dataset=True).filter(
        Q(state="filed", complaint__replied_at__isnull=False)
        | Q(state__in=["filed", "replied"], complaint__resolved_at__isnull=False)
    )
    found = list(rows.select_related(*(f"complaint__{each}" for each in NAMED))[:AT_ONCE])
    for case in found:
        fact = case.complaint
        case.state, case.state_at, case.state_by_id = state_by_moments(fact), at, None
        case.state_by_name, case.row_version = "数据集", case.row_version + 1
        case.overdue_since = case.bureau_due_on = case.due_on = None
        if case.state == ComplaintCase.State.REPLIED and fact.replied_at:
            case.promised_on = fact.promised_on
            case.due_on = (
                fact.promised_on or deadline(fact, "promise_workdays", fact.replied_at).day
            )
        case.save()
        pass_on(complaint=fact, case=case, at=at)
    return len(found)


def _find_overdue(today: date, by: Actor, at: datetime) -> int:
    """A step past its day: the bureau has to urge by complaint_supervise_workdays from today."""
    rows = ComplaintCase.objects.select_for_update(of=("self",)).filter(
        state__in=OPEN, due_on__lt=today, overdue_since__isnull=True
    )
    found = list(
        rows.select_related(*(f"complaint__{each}" for each in NAMED)).order_by("pk")[:AT_ONCE]
    )
    for case in found:
        fact = case.complaint
        case.overdue_since = today
        if case.bureau_due_on is None:
            case.bureau_due_on = deadline(fact, SUPERVISE_DAYS, at).day
        case.save(update_fields=["overdue_since", "bureau_due_on"])
        words = {"filed": "逾期未回复", "refused": "逾期未回复", "replied": "逾期未解决",
                 "claimed": "逾期未确认", "confirmed": "待办结"}[case.state]  # fmt: skip
        ask_bureau(complaint=fact, case=case, words=f"督办{words}的诉求", at=at)
        tell(
            complaint=fact, to=sides(fact, case), key=f"overdue-{case.row_version}",
            title=f"诉求{words}", body=f"期限 {case.due_on:%Y-%m-%d}，已列入医保局督办清单", at=at,
            urgent=True,
        )  # fmt: skip
    return len(found)


def _find_late_bureaus(today: date, at: datetime) -> int:
    """A bureau past its own day: it and the one above are told, which may take it up."""
    rows = ComplaintCase.objects.select_for_update(of=("self",)).filter(
        state__in=OPEN, bureau_due_on__lt=today, bureau_late_at__isnull=True
    )
    found = list(
        rows.select_related(*(f"complaint__{each}" for each in NAMED)).order_by("pk")[:AT_ONCE]
    )
    for case in found:
        fact = case.complaint
        case.bureau_late_at = at
        case.save(update_fields=["bureau_late_at"])
        levels = [case.level, next_level(fact, case.level)]
        bureaus = [bureau_at(fact, level) for level in levels if level]
        tell(
            complaint=fact, to=[each.pk for each in bureaus if each],
            key=f"late-{case.level}-{case.row_version}",
            title=f"{case.get_level_display()}督办逾期，上级可以提级办理", at=at, urgent=True,
        )  # fmt: skip
    return len(found)
