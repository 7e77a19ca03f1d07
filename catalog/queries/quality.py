"""Inspections, samples and quality reports: who sees them, and what one is to them."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from catalog.models import Inspection, QualityReport, Sampling
from catalog.rules.quality import (
    HOSPITAL_ROLES,
    OFFICERS,
    holds_use,
    records_inspections,
    reports_quality,
)
from catalog.states.quality import MAKER, WATCHDOG
from core.transitions import Verdict
from organisations.models import Organisation, Region
from organisations.queries.scope import Scope
from organisations.queries.visibility import (
    NOTHING,
    condition,
    party_rows,
    region_alternatives,
    within,
)


def visible_inspections(scope: Scope) -> QuerySet[Inspection]:
    """Authorities of the regulator's region, and the enterprise that was inspected."""
    seen = condition(region_alternatives(scope))
    if scope.is_business and scope.kind == "enterprise":
        seen |= Q(enterprise__in=_own(scope))
    return within(scope, Inspection.objects.all(), seen)


def visible_samplings(scope: Scope) -> QuerySet[Sampling]:
    """Authorities of the regulator's region, the manufacturer, and where the sample was drawn."""
    if not scope.is_business:
        return within(scope, Sampling.objects.all(), NOTHING)
    seen = condition(region_alternatives(scope)) | Q(drawn_from__in=_own(scope))
    if scope.is_manufacturer:
        seen |= Q(manufacturer__in=_own(scope))
    return within(scope, Sampling.objects.all(), seen)


def visible_quality_reports(scope: Scope) -> QuerySet[QualityReport]:
    """The institution's own, its region's authorities, and the manufacturer's products."""
    return within(scope, QualityReport.objects.all(), party_rows(scope))


def may_record(scope: Scope) -> Verdict:
    return records_inspections(kind=scope.kind, has_role=scope.has_role(*OFFICERS))


def may_report(scope: Scope) -> Verdict:
    return reports_quality(kind=scope.kind, has_role=scope.has_role(*HOSPITAL_ROLES))


def may_hold(scope: Scope) -> Verdict:
    roles = HOSPITAL_ROLES if scope.kind == "institution" else OFFICERS
    return holds_use(
        kind=scope.kind,
        is_province_bureau=scope.is_province_bureau,
        has_role=scope.has_role(*roles),
    )


def report_standings(scope: Scope, report: QualityReport) -> frozenset[str]:
    """The manufacturer explains; a drug regulator in whose region the institution is concludes."""
    if not scope.has_role(*OFFICERS):
        return frozenset()
    if scope.is_manufacturer and report.manufacturer_id == scope.organisation_id:
        return frozenset({MAKER})
    watches = scope.kind == "regulator" and scope.region_id in (
        report.county_id, report.city_id, report.province_id,
    )  # fmt: skip
    return frozenset({WATCHDOG}) if watches else frozenset()


def _own(scope: Scope) -> list[int]:
    """The own organisation and those that merged into it."""
    return sorted({scope.organisation_id, *scope.predecessor_ids})


def nearest_authority(kind: str, region: Region | None) -> Organisation | None:
    """The office of this kind that answers for the region: its own, else the next one above."""
    place = region
    while place is not None:
        found = (
            Organisation.objects.filter(kind=kind, region=place, is_active=True)
            .order_by("code")
            .first()
        )
        if found is not None:
            return found
        place = place.parent
    return None
