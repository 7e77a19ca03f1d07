"""Who sees an action and in which capacity; whom it can be taken against, who can be invited."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from monitoring.models import ActionInvite, SupervisionAction
from monitoring.states.action import (
    OFFICER,
    RUNNING,
    SUBJECT,
    UNSEEN_BY_SUBJECT,
    WITH_SUBJECT,
)
from monitoring.states.action_kinds import LADDERS, OFFICERS
from organisations.models import Organisation, Region
from organisations.queries.scope import Scope
from organisations.queries.visibility import (
    NOTHING,
    condition,
    region_alternatives,
    subject_alternatives,
    within,
)
from organisations.queries.visible import visible_organisations

LEVELS = ("county", "city", "province")
INVITED_KINDS = ("health_commission", "discipline", "regulator", "finance")
ACTIVE = ("proposed", *sorted(RUNNING))
SHOWN_WITH = ("subject", "office", "product", "complaint", "former", "standing")


def visible_actions(scope: Scope) -> QuerySet[SupervisionAction]:
    """The subject and whoever is invited see what was taken; bureaus their region's, ideas too.

    Other authorities see those that they are invited to, and no others.
    """
    return within(scope, SupervisionAction.objects.all(), _seen(scope))


def _seen(scope: Scope) -> Q:
    if not scope.is_business:
        return NOTHING
    taken = ~Q(state__in=UNSEEN_BY_SUBJECT)
    invited = Q(
        pk__in=ActionInvite.objects.filter(organisation_id=scope.organisation_id).values("action")
    )
    if scope.is_bureau:
        return condition(region_alternatives(scope)) | (invited & taken)
    if scope.kind in LADDERS:
        return condition(subject_alternatives(scope)) & taken
    return invited & taken


def action_standings(scope: Scope, action: SupervisionAction) -> frozenset[str]:
    """An officer of the office or of a bureau above it; the subject's own people."""
    if not scope.is_business or not scope.has_role(*OFFICERS):
        return frozenset()
    if scope.is_bureau:
        return frozenset({OFFICER}) if oversees(scope, action) else frozenset()
    own = {scope.organisation_id, *scope.predecessor_ids}
    return frozenset({SUBJECT}) if action.subject_id in own else frozenset()


def oversees(scope: Scope, action: SupervisionAction) -> bool:
    above = LEVELS[LEVELS.index(action.level) :]
    return scope.region_id in {getattr(action, f"{level}_id") for level in above}


def may_propose(scope: Scope) -> bool:
    return scope.is_bureau and scope.has_role(*OFFICERS)


def open_subjects(scope: Scope) -> QuerySet[Organisation]:
    """Institutions of the own region and enterprises: whom a bureau may act against."""
    return visible_organisations(scope).filter(kind__in=sorted(LADDERS), is_active=True)


def invitable(scope: Scope) -> QuerySet[Organisation]:
    """Health commissions, drug regulators, finance and discipline inspection of the own level."""
    rows = Organisation.objects.filter(
        kind__in=INVITED_KINDS, is_active=True, region__isnull=False
    ).order_by("kind", "code")
    own = Q(region=scope.region_id) if scope.is_bureau and scope.region_id else NOTHING
    return within(scope, rows, own)


def region_chain(region: Region | None) -> dict[str, int | None]:
    """The region columns of a row that belongs to this region."""
    chain: dict[str, int | None] = {f"{level}_id": None for level in LEVELS}
    while region is not None:
        chain[f"{region.level}_id"] = region.pk
        region = region.parent
    return chain


def late_on(today: date) -> Q:
    """Whose answer was due before today."""
    return Q(state__in=sorted(WITH_SUBJECT), due_on__lt=today)


def actions_on_warnings(scope: Scope, warning_ids: Iterable[int]) -> list[SupervisionAction]:
    """The actions that rest on these warnings and that the reader may see, oldest first."""
    return list(
        visible_actions(scope)
        .filter(rests_on__warning__in=list(warning_ids))
        .select_related("office")
        .order_by("pk")
        .distinct()
    )


def actions_on_complaint(scope: Scope, complaint_id: int) -> list[SupervisionAction]:
    rows = visible_actions(scope).filter(complaint_id=complaint_id)
    return list(rows.select_related("office", "subject").order_by("pk"))
