"""The case of a complaint, also of one that the dataset brought; who stands how to it; its clocks."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Case, DateField, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from catalog.queries.application_offices import bureau_of
from catalog.queries.province_values import province_value, whole_days
from complaints.models import Complaint, ComplaintCase
from complaints.rules import OFFICERS, files_complaints
from complaints.states import ENDED, FILER, HANDLER, OPEN, RESPONDENT
from core.transitions import Verdict
from core.workdays.deadlines import Deadline, add_workdays, shanghai_day
from organisations.models import Organisation, Region
from organisations.queries.scope import Scope

LEVELS = ("county", "city", "province")
PARTIES = ("product", "institution", "manufacturer", "distributor", "county", "city", "province")


def may_file(scope: Scope) -> Verdict:
    return files_complaints(kind=scope.kind, has_role=scope.has_role(*OFFICERS))


def with_state(rows: QuerySet[Complaint]) -> QuerySet[Complaint]:
    """`stage` is the case's state, or what the dataset's moments say; `due` of the step now."""
    said = Case(
        When(resolved_at__isnull=False, then=Value("closed")),
        When(replied_at__isnull=False, then=Value("replied")),
        default=Value("filed"),
    )
    return rows.annotate(
        stage=Coalesce(F("case__state"), said),
        due=Case(When(case__state__in=OPEN, then=F("case__due_on")), output_field=DateField()),
    )


def late_on(today: date) -> Q:
    """Whose step, or whose bureau, has missed its day; of `with_state` rows."""
    return Q(case__state__in=OPEN) & (Q(case__due_on__lt=today) | Q(case__bureau_due_on__lt=today))


def state_by_moments(complaint: Complaint) -> str:
    if complaint.resolved_at is not None:
        return ComplaintCase.State.CLOSED
    return ComplaintCase.State.REPLIED if complaint.replied_at else ComplaintCase.State.FILED


def case_of(complaint: Complaint) -> ComplaintCase:
    """Its case; of one that nobody has acted on here, what it would begin with, not stored."""
    try:
        return complaint.case
    except ComplaintCase.DoesNotExist:
        return beginning_of(complaint)


def beginning_of(complaint: Complaint) -> ComplaintCase:
    """The case of a complaint of the dataset, by its moments. Not stored."""
    state = state_by_moments(complaint)
    case = ComplaintCase(
        complaint=complaint, from_dataset=True, level=first_level(complaint),
        level_since=complaint.filed_at, state=state,
        state_at=complaint.resolved_at or complaint.replied_at or complaint.filed_at,
        state_by_name="数据集", promised_on=complaint.promised_on,
    )  # fmt: skip
    due = None
    if state == ComplaintCase.State.FILED:
        due = deadline(complaint, "reply_workdays", complaint.filed_at)
    elif state == ComplaintCase.State.REPLIED and complaint.replied_at:
        due = deadline(complaint, "promise_workdays", complaint.replied_at)
        if complaint.promised_on:
            due = Deadline(min(complaint.promised_on, due.day), due.provisional)
    if due is not None:
        case.due_on, case.due_provisional = due.day, due.provisional
    return case


def deadline(complaint: Complaint, key: str, at: datetime) -> Deadline:
    """The last day of a step of this kind that begins at `at`."""
    days = province_value(complaint.province, shanghai_day(at), key)
    return add_workdays(at, whole_days(days))


def standings(scope: Scope, complaint: Complaint, case: ComplaintCase) -> frozenset[str]:
    """What the reader is to this complaint; nothing without a role that acts."""
    if not scope.has_role(*OFFICERS) or not scope.is_business:
        return frozenset()
    own = {scope.organisation_id, *scope.predecessor_ids}
    enterprises = {complaint.manufacturer_id, complaint.distributor_id} - {None}
    by_enterprise = complaint.filed_by == Complaint.FiledBy.ENTERPRISE
    # A complaint of the dataset does not say which of the two enterprises filed it.
    filers = {case.filer_id} if case.filer_id else enterprises
    if not by_enterprise:
        filers = {complaint.institution_id}
    respondents = {complaint.institution_id} if by_enterprise else enterprises
    held = set()
    if own & filers:
        held.add(FILER)
    if own & respondents and not own & filers:
        held.add(RESPONDENT)
    if scope.is_bureau and scope.region_id == region_id_at(complaint, case.level):
        held.add(HANDLER)
    return frozenset(held)


def oversees(scope: Scope, complaint: Complaint, case: ComplaintCase) -> bool:
    """A bureau at the complaint's level or above it."""
    if not scope.is_bureau or not scope.has_role(*OFFICERS):
        return False
    above = LEVELS[LEVELS.index(case.level) :]
    return scope.region_id in {region_id_at(complaint, level) for level in above}


def may_speak(scope: Scope, complaint: Complaint, case: ComplaintCase) -> bool:
    """The sides, and every bureau, regulator and health commission over the institution."""
    if case.state in ENDED or not scope.has_role(*OFFICERS):
        return False
    offices = scope.is_bureau or scope.kind in ("regulator", "health_commission")
    here = {complaint.county_id, complaint.city_id, complaint.province_id}
    return (offices and scope.region_id in here) or bool(
        standings(scope, complaint, case) & {FILER, RESPONDENT}
    )


def respondents(complaint: Complaint) -> list[int]:
    """The organisations that have to answer."""
    if complaint.filed_by == Complaint.FiledBy.ENTERPRISE:
        return [complaint.institution_id]
    found = {complaint.manufacturer_id, complaint.distributor_id} - {None}
    return sorted(pk for pk in found if pk is not None)


def filers(complaint: Complaint, case: ComplaintCase) -> list[int]:
    if complaint.filed_by == Complaint.FiledBy.INSTITUTION:
        return [complaint.institution_id]
    if case.filer_id:
        return [case.filer_id]
    found = {complaint.manufacturer_id, complaint.distributor_id} - {None}
    return sorted(pk for pk in found if pk is not None)


def region_id_at(complaint: Complaint, level: str) -> int | None:
    found: int | None = getattr(complaint, f"{level}_id")
    return found


def bureau_at(complaint: Complaint, level: str) -> Organisation | None:
    """The bureau of the institution's region at a level."""
    region: Region | None = getattr(complaint, level)
    return bureau_of(region)


def first_level(complaint: Complaint, start: str = "county") -> str:
    """The lowest level from `start` that has a bureau here."""
    for level in LEVELS[LEVELS.index(start) :]:
        if bureau_at(complaint, level) is not None:
            return level
    return "province"


def next_level(complaint: Complaint, level: str) -> str | None:
    """The next level above that has a bureau; None above the province."""
    for upper in LEVELS[LEVELS.index(level) + 1 :]:
        if bureau_at(complaint, upper) is not None:
            return upper
    return None
