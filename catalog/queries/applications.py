"""Applications: who sees them, in which capacity somebody acts, and what is published."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from catalog.models import ApplicationObjection, ProductApplication
from catalog.states.application import APPLICANT, DESK, PUBLIC_STATES, REVIEWER
from core.attachments.models import Attachment
from organisations.queries.scope import Scope
from organisations.queries.visibility import (
    NOTHING,
    condition,
    for_business,
    region_alternatives,
    within,
)

OBJECT_TYPE = "product_application"
OBJECTION_TYPE = "application_objection"
ACTING_ROLES = ("clerk", "reviewer", "leader")
REVIEWING_ROLES = ("reviewer", "leader")


def visible_applications(scope: Scope) -> QuerySet[ProductApplication]:
    """The enterprise's own; an authority's those of its region, once they were handed in."""
    rows = ProductApplication.objects.all()
    if not scope.is_business:
        return within(scope, rows, NOTHING)
    if scope.kind == "enterprise":
        own = sorted({scope.organisation_id, *scope.predecessor_ids})
        return within(scope, rows, Q(organisation_id__in=own) if scope.is_manufacturer else NOTHING)
    if scope.is_region_authority:
        return within(scope, rows, condition(region_alternatives(scope)) & ~Q(submitted_at=None))
    return within(scope, rows, NOTHING)


def visible_public_applications(scope: Scope) -> QuerySet[ProductApplication]:
    """What is published, and what was: open to the trade, without papers and opinions."""
    shown = ProductApplication.objects.filter(publicity_from__isnull=False, state__in=PUBLIC_STATES)
    return for_business(scope, shown)


def visible_objections(scope: Scope) -> QuerySet[ApplicationObjection]:
    """Whoever raised it, the applicant, and the authorities that see the application."""
    rows = ApplicationObjection.objects.all()
    if not scope.is_business:
        return within(scope, rows, NOTHING)
    seen = Q(organisation_id=scope.organisation_id)
    if scope.kind == "enterprise":
        own = sorted({scope.organisation_id, *scope.predecessor_ids})
        seen |= Q(application__organisation_id__in=own)
    if scope.is_region_authority:
        seen |= condition(region_alternatives(scope), "application__")
    return within(scope, rows, seen)


def files_applications(scope: Scope) -> bool:
    """People of a manufacturer who may file."""
    return scope.is_business and scope.is_manufacturer and scope.has_role(*ACTING_ROLES)


def has_applications(scope: Scope) -> bool:
    """Manufacturers file them, authorities see those of their region."""
    return (scope.is_business and scope.is_manufacturer) or scope.is_region_authority


def application_standings(scope: Scope, application: ProductApplication) -> frozenset[str]:
    """The applicant's people; of the office that has it, clerks take in and reviewers decide."""
    if not scope.is_business or not scope.has_role(*ACTING_ROLES):
        return frozenset()
    own = {scope.organisation_id, *scope.predecessor_ids}
    if application.organisation_id in own:
        return frozenset({APPLICANT})
    if application.office_id is None or application.office_id != scope.organisation_id:
        return frozenset()
    if scope.has_role(*REVIEWING_ROLES):
        return frozenset({DESK, REVIEWER})
    return frozenset({DESK})


def uploads_of(user_id: int) -> QuerySet[Attachment]:
    """Workbooks that a person handed in, and their marked copies: seen by nobody else."""
    return Attachment.objects.filter(
        owner_type="application_upload", owner_id=user_id
    ).select_related("file")
