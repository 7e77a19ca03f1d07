"""Who sees a 督导检查 and in which capacity; what the visited organisation is told of it, and when."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from core.attachments.models import Attachment
from monitoring.models import SiteInspection, SiteInspectionItem
from monitoring.queries.actions import LEVELS
from monitoring.states.action_kinds import LADDERS, OFFICERS
from monitoring.states.site_inspection import OFFICER, SUBJECT, WITH_SUBJECT
from organisations.queries.scope import Scope
from organisations.queries.visibility import (
    NOTHING,
    condition,
    region_alternatives,
    subject_alternatives,
    within,
)

SHOWN_WITH = ("subject", "office", "action")
EVIDENCE, LETTER, ANSWER = "inspection_evidence", "inspection_letter", "inspection_answer"
"""The owner types of its files: of the visit, what was fed back, of the rectification."""
TOLD = Q(announced=True) | Q(fed_back_at__isnull=False)


def visible_site_inspections(scope: Scope) -> QuerySet[SiteInspection]:
    """Bureaus those of their region; the visited organisation once it is told of it."""
    rows = SiteInspection.objects.all()
    if not scope.is_business:
        return within(scope, rows, NOTHING)
    if scope.is_bureau:
        return within(scope, rows, condition(region_alternatives(scope)))
    if scope.kind in LADDERS:
        return within(scope, rows, condition(subject_alternatives(scope)) & TOLD)
    return within(scope, rows, NOTHING)


def knows_findings(scope: Scope, row: SiteInspection) -> bool:
    """The bureaus, and the visited organisation from the moment they were fed back."""
    return scope.is_bureau or row.fed_back_at is not None


def inspection_standings(scope: Scope, row: SiteInspection) -> frozenset[str]:
    """An officer of the office or of a bureau above it; the visited organisation's own people."""
    if not scope.is_business or not scope.has_role(*OFFICERS):
        return frozenset()
    if scope.is_bureau:
        above = {getattr(row, f"{level}_id") for level in LEVELS[LEVELS.index(row.level) :]}
        return frozenset({OFFICER}) if scope.region_id in above else frozenset()
    own = {scope.organisation_id, *scope.predecessor_ids}
    return frozenset({SUBJECT}) if row.subject_id in own else frozenset()


def sees_inspections(scope: Scope) -> bool:
    return scope.is_bureau or (scope.is_business and scope.kind in LADDERS)


def items_of(row: SiteInspection) -> list[SiteInspectionItem]:
    return list(row.items.order_by("seq"))


def problems_of(row: SiteInspection) -> list[SiteInspectionItem]:
    return [each for each in items_of(row) if each.result == SiteInspectionItem.Result.PROBLEM]


def to_mend(row: SiteInspection) -> list[SiteInspectionItem]:
    """The findings that were not accepted yet."""
    return [each for each in problems_of(row) if not each.accepted]


def files_of(scope: Scope, row: SiteInspection) -> list[Attachment]:
    """Evidence, letter and answers, oldest first; none before the reader may know the findings."""
    if not knows_findings(scope, row):
        return []
    return list(
        Attachment.objects.filter(owner_type__in=(EVIDENCE, LETTER, ANSWER), owner_id=row.pk)
        .select_related("file")
        .order_by("pk")
    )


def late_on(today: date) -> Q:
    """Whose rectification was due before today."""
    return Q(state__in=sorted(WITH_SUBJECT), due_on__lt=today)


def holder_of(row: SiteInspection) -> str:
    """Who has to act now, by name."""
    if row.state in WITH_SUBJECT:
        return str(row.subject.name)
    return str(row.office.name) if row.state in ("planned", "visited", "answered") else ""
