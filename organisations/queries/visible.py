"""What a scope sees of organisations and people, and of core's own records."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from core.audit.models import AuditEvent
from core.jobs.models import Job
from organisations.models import (
    ApiToken,
    Consortium,
    ConsortiumMembership,
    Guide,
    GuideFile,
    GuideService,
    Organisation,
    Pool,
    ReceptionDay,
    Region,
    Standing,
    User,
)
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, region_subtree, within

PLATFORM_PEOPLE = ("system", "security")
"""The administrators who work on accounts; the auditor reads the trail only."""


def visible_regions(scope: Scope) -> QuerySet[Region]:
    """Regions are public."""
    return within(scope, Region.objects.all())


def visible_pools(scope: Scope) -> QuerySet[Pool]:
    """Pools are public."""
    return within(scope, Pool.objects.all())


def visible_organisations(scope: Scope) -> QuerySet[Organisation]:
    """Own; an authority's subtree; a pool's institutions; enterprises, whose names are in the catalogue."""
    rows = Organisation.objects.all()
    if scope.platform_role in PLATFORM_PEOPLE and scope.active:
        return within(scope, rows)
    if not scope.is_business:
        return within(scope, rows, NOTHING)
    seen = Q(pk__in=sorted({scope.organisation_id, *scope.institution_ids})) | Q(kind="enterprise")
    if scope.kind == "agency":
        seen |= Q(kind="institution", pool_id=scope.pool_id)
    if scope.is_region_authority:
        seen |= region_subtree(scope, "region")
    return within(scope, rows, seen)


def visible_consortia(scope: Scope) -> QuerySet[Consortium]:
    """The authorities of the lead's region, its pool's agency, and the institutions in it."""
    return within(scope, Consortium.objects.all(), _consortium_condition(scope, ""))


def visible_memberships(scope: Scope) -> QuerySet[ConsortiumMembership]:
    """As the consortium; a member sees who else is in it."""
    return within(
        scope, ConsortiumMembership.objects.all(), _consortium_condition(scope, "consortium__")
    )


def _consortium_condition(scope: Scope, prefix: str) -> Q:
    if not scope.is_business:
        return NOTHING
    if scope.kind == "institution":
        today = ConsortiumMembership.objects.filter(
            institution_id=scope.organisation_id, valid_from__lte=scope.on
        ).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=scope.on))
        return Q(**{f"{prefix}lead_id": scope.organisation_id}) | Q(
            **{f"{prefix}pk__in": today.values("consortium_id")}
        )
    if scope.kind == "agency":
        return Q(**{f"{prefix}lead__pool_id": scope.pool_id})
    return region_subtree(scope, f"{prefix}lead__region")


def visible_users(scope: Scope) -> QuerySet[User]:
    """Accounts: all for system and security administrators, own people for an admin, else oneself."""
    rows = User.objects.all()
    if not scope.active:
        return within(scope, rows, NOTHING)
    if scope.platform_role in PLATFORM_PEOPLE:
        return within(scope, rows)
    if scope.has_role("admin"):
        return within(scope, rows, Q(organisation_id=scope.organisation_id))
    return within(scope, rows, Q(pk=scope.user_id))


def visible_api_tokens(scope: Scope) -> QuerySet[ApiToken]:
    """Tokens of the own organisation, for its admin."""
    own = Q(organisation_id=scope.organisation_id)
    return within(
        scope,
        ApiToken.objects.all(),
        own if scope.is_business and scope.has_role("admin") else NOTHING,
    )


def visible_standings(scope: Scope) -> QuerySet[Standing]:
    """One's own marks; for authorities those of their institutions and of all enterprises."""
    if not scope.is_business:
        return within(scope, Standing.objects.all(), NOTHING)
    seen = Q(organisation_id__in=sorted({scope.organisation_id, *scope.institution_ids}))
    if scope.is_region_authority:
        seen |= Q(organisation__kind="enterprise")
        seen |= Q(organisation__kind="institution") & region_subtree(scope, "organisation__region")
    return within(scope, Standing.objects.all(), seen)


def visible_jobs(scope: Scope) -> QuerySet[Job]:
    """Long work that one asked for; all of the province for its bureau."""
    seen = Q(requested_by_id=scope.user_id)
    if scope.is_province_bureau:
        seen |= Q(province_code=scope.province_code)
    return within(scope, Job.objects.all(), seen if scope.active else NOTHING)


def own_jobs(scope: Scope) -> QuerySet[Job]:
    """Long work that the person asked for, an administrator's too."""
    mine = Q(requested_by_id=scope.user_id)
    return within(scope, Job.objects.all(), mine if scope.active else NOTHING)


def visible_audit_events(scope: Scope) -> QuerySet[AuditEvent]:
    """The trail is the auditor's alone."""
    auditor = scope.active and scope.platform_role == User.PlatformRole.AUDITOR
    return within(scope, AuditEvent.objects.all(), None if auditor else NOTHING)


def visible_guides(scope: Scope) -> QuerySet[Guide]:
    """Guides are public; those of an authority that is out of use are not shown."""
    return within(scope, Guide.objects.filter(organisation__is_active=True))


def visible_guide_services(scope: Scope) -> QuerySet[GuideService]:
    """For editing: the own office's; what is public of all is read by `guide_page`."""
    return within(scope, GuideService.objects.order_by("position", "pk"), _own_guide_rows(scope))


def visible_reception_days(scope: Scope) -> QuerySet[ReceptionDay]:
    """For editing: the own office's."""
    return within(scope, ReceptionDay.objects.order_by("day", "opens"), _own_guide_rows(scope))


def visible_guide_files(scope: Scope) -> QuerySet[GuideFile]:
    """For editing: the own office's."""
    rows = GuideFile.objects.select_related("attachment__file").order_by("kind", "title", "pk")
    return within(scope, rows, _own_guide_rows(scope))


def _own_guide_rows(scope: Scope) -> Q:
    return Q(guide__organisation_id=scope.organisation_id) if scope.is_business else NOTHING
