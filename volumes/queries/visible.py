"""Volume reports are seen by the reporting unit and the authorities; never by enterprises."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, party_rows, within
from volumes.models import CommitmentLetter, MemberSheet, ReportTask, VolumeReport, VolumeReportLine


def visible_report_lines(scope: Scope) -> QuerySet[VolumeReportLine]:
    """Report lines carry no enterprise, so the party rule leaves enterprises nothing."""
    return within(scope, VolumeReportLine.objects.all(), party_rows(scope))


def sees_reports(scope: Scope) -> bool:
    """Institutions and the authorities of a region; enterprises have no such pages."""
    return scope.is_business and (
        scope.kind in ("institution", "agency") or scope.is_region_authority
    )


def visible_report_tasks(scope: Scope) -> QuerySet[ReportTask]:
    """Those whose range meets the reader's region; a draft only by the office that makes it."""
    rows = ReportTask.objects.all()
    if not sees_reports(scope) or scope.province_id is None:
        return within(scope, rows, NOTHING)
    met = Q(province_id=scope.province_id)
    if scope.city_id is not None:
        met &= Q(city_id__isnull=True) | Q(city_id=scope.city_id)
    published = ~Q(state__in=("draft", "withdrawn")) & met
    return within(scope, rows, published | Q(organisation_id=scope.organisation_id))


def visible_reports(scope: Scope) -> QuerySet[VolumeReport]:
    """By the party rule; a consortium's report also by the members whose sheets it is made of."""
    seen = party_rows(scope)
    if scope.is_business and scope.kind == "institution":
        own = MemberSheet.objects.filter(
            report=OuterRef("pk"), institution_id__in=sorted(scope.institution_ids)
        )
        seen = seen | Q(Exists(own))
    return within(scope, VolumeReport.objects.all(), seen)


def visible_member_sheets(scope: Scope) -> QuerySet[MemberSheet]:
    """The member's own; the lead sees those of its report, whoever is a member by now."""
    seen = party_rows(scope)
    if scope.is_business and scope.kind == "institution":
        own = sorted({scope.organisation_id, *scope.predecessor_ids})
        seen = seen | Q(report__institution_id__in=own)
    return within(scope, MemberSheet.objects.all(), seen)


def visible_letters(scope: Scope) -> QuerySet[CommitmentLetter]:
    """As the report that they stand for."""
    reports = visible_reports(scope).values("pk")
    return within(scope, CommitmentLetter.objects.all(), Q(report__in=reports))
