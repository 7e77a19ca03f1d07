"""Guides as everybody reads them, and whose guide answers a person's questions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from core.attachments.models import StoredFile
from core.transitions import ALLOWED, Verdict
from organisations.models import Guide, GuideFile, GuideService, Organisation, ReceptionDay, Region
from organisations.queries.scope import Scope

GUIDE_KINDS = ("bureau", "procurement_centre")
"""Whose guides there are: those that people of the trade come to."""
STALE_AFTER = timedelta(days=365)


def public_guides() -> QuerySet[Guide]:
    """All guides of authorities in use, provinces first; without any business data."""
    return (
        Guide.objects.filter(organisation__is_active=True, organisation__kind__in=GUIDE_KINDS)
        .select_related("organisation__region__parent__parent")
        .order_by("organisation__region__code", "organisation__kind", "pk")
    )


def guides_matching(*, words: str = "", region: str = "", kind: str = "") -> QuerySet[Guide]:
    """Guides by name, region, service or pinyin initials; `region` takes all that lies below it."""
    rows = public_guides()
    if words:
        services = GuideService.objects.filter(guide=OuterRef("pk"), is_active=True).filter(
            Q(name__icontains=words) | Q(initials__icontains=words.lower())
        )
        rows = rows.filter(
            Q(organisation__name__icontains=words)
            | Q(organisation__initials__istartswith=words)
            | Q(organisation__region__name__icontains=words)
            | Q(organisation__region__initials__istartswith=words)
            | Exists(services)
        )
    if region:
        rows = rows.filter(
            Q(organisation__region__code=region)
            | Q(organisation__region__parent__code=region)
            | Q(organisation__region__parent__parent__code=region)
        )
    if kind:
        rows = rows.filter(organisation__kind=kind)
    return rows


def with_next_reception(rows: QuerySet[Guide], today: date) -> QuerySet[Guide]:
    """With the coming reception days and the services, for the list."""
    coming = ReceptionDay.objects.filter(day__gte=today, is_cancelled=False).order_by(
        "day", "opens"
    )
    services = GuideService.objects.filter(is_active=True).order_by("position", "pk")
    return rows.prefetch_related(
        Prefetch("reception_days", coming, to_attr="coming"),
        Prefetch("services", services, to_attr="offered"),
    )


def guide_regions() -> list[Region]:
    """Provinces and cities that have a guide at or below them, for the search."""
    rows = Region.objects.filter(organisations__guide__isnull=False).select_related(
        "parent__parent"
    )
    found: dict[str, Region] = {}
    for region in rows.distinct():
        above: Region | None = region
        while above is not None:
            if above.level != Region.Level.COUNTY:
                found[above.code] = above
            above = above.parent
    return [found[code] for code in sorted(found)]


@dataclass(frozen=True)
class GuidePage:
    """All that one guide's page shows."""

    guide: Guide
    services: list[GuideService]
    coming: list[ReceptionDay]
    files: list[GuideFile]
    above: list[Organisation]
    is_stale: bool


def guide_page(guide: Guide, today: date) -> GuidePage:
    """The public parts of a guide, and the offices above it that have one too."""
    region = guide.organisation.region
    codes = []
    while region is not None and region.parent is not None:
        region = region.parent
        codes.append(region.code)
    above = Organisation.objects.filter(
        guide__isnull=False, is_active=True, region__code__in=codes, kind__in=GUIDE_KINDS
    )
    return GuidePage(
        guide=guide,
        services=list(guide.services.filter(is_active=True).order_by("position", "pk")),
        coming=list(
            guide.reception_days.filter(day__gte=today, is_cancelled=False).order_by("day", "opens")
        ),
        files=list(public_files(guide)),
        above=list(above.order_by("-region__level", "kind", "pk")),
        is_stale=guide_is_stale(guide.reviewed_on, today),
    )


def guide_is_stale(reviewed_on: date, today: date) -> bool:
    """Not looked at for over a year."""
    return today - reviewed_on > STALE_AFTER


def public_files(guide: Guide) -> QuerySet[GuideFile]:
    """Files in use that passed inspection."""
    return (
        guide.files.filter(is_withdrawn=False, attachment__file__scan=StoredFile.Scan.CLEAN)
        .select_related("attachment__file")
        .order_by("kind", "title", "pk")
    )


def guide_editing_verdict(scope: Scope) -> Verdict:
    """An office's guide is written by its clerks and admins."""
    if scope.has_role("clerk", "admin"):
        return ALLOWED
    return Verdict(False, "办事指南由本机构的经办或机构管理员维护")


def own_guide(scope: Scope) -> Guide | None:
    """The guide of the person's own organisation, for its editors."""
    return Guide.objects.filter(organisation_id=scope.organisation_id).first()


def office_for(scope: Scope) -> Organisation | None:
    """Whom to call: the nearest bureau with a guide, going up from one's own region.

    Enterprises and others without a region turn to the procurement centre, else the bureau, of
    the province; None where there is no such guide, or several provinces to choose from.
    """
    offices = Organisation.objects.filter(
        guide__isnull=False, is_active=True, kind__in=GUIDE_KINDS
    ).exclude(pk=scope.organisation_id)
    for region_id in (scope.county_id, scope.city_id, scope.province_id):
        if region_id is not None:
            found = offices.filter(region_id=region_id).order_by("kind", "pk").first()
            if found is not None:
                return found
    if scope.province_id is not None:
        return None
    for kind in ("procurement_centre", "bureau"):
        here = list(offices.filter(region__level="province", kind=kind).order_by("pk")[:2])
        if here:
            return here[0] if len(here) == 1 else None
    return None
