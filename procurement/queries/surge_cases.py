"""Surge cases and transfers: who acts, what belongs to a case, which lines come first."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from catalog.models import Group
from core.transitions import Verdict
from organisations.models import Region
from organisations.queries.scope import Scope
from procurement.models import SurgeCase, SurgeReport, Transfer
from procurement.rules.surge import HOSPITAL_ROLES
from procurement.rules.transfer import OFFICERS, opens_surge
from procurement.states.surge_case import OPENER
from procurement.states.transfer import BORROWER, LENDER


def may_open_surge(scope: Scope) -> Verdict:
    return opens_surge(
        is_bureau=scope.is_bureau, level=scope.region_level, has_role=scope.has_role(*OFFICERS)
    )


def surge_case_standings(scope: Scope, case: SurgeCase) -> frozenset[str]:
    """The bureau that opened it, or that of its province."""
    if not scope.is_bureau or not scope.has_role(*OFFICERS):
        return frozenset()
    above = scope.is_province_bureau and scope.province_id == case.province_id
    return (
        frozenset({OPENER}) if above or scope.organisation_id == case.opened_by_id else frozenset()
    )


def transfer_standings(scope: Scope, row: Transfer) -> frozenset[str]:
    if not scope.has_role(*HOSPITAL_ROLES):
        return frozenset()
    held = set()
    if row.institution_id == scope.organisation_id:
        held.add(BORROWER)
    if row.lender_id == scope.organisation_id:
        held.add(LENDER)
    return frozenset(held)


def regions_to_open(scope: Scope) -> QuerySet[Region]:
    """The own region; for the province its cities too."""
    own = Q(pk=scope.region_id)
    if scope.is_province_bureau:
        own |= Q(parent=scope.region_id)
    return Region.objects.filter(own).order_by("code")


def open_case_for(
    group_id: int | None, city_id: int | None, province_id: int | None
) -> SurgeCase | None:
    """The open case that an institution of the place belongs to: its city's before the province's."""
    if group_id is None:
        return None
    rows = SurgeCase.objects.filter(
        Q(city__isnull=True) | Q(city=city_id), group=group_id, province=province_id, state="open"
    )
    return rows.order_by("city_id", "pk").first()


def waiting_reports(group: Group, region: Region) -> QuerySet[SurgeReport]:
    """Reports of the group's products in the region that belong to no case and wait for the city."""
    place = Q(city=region) if region.level == Region.Level.CITY else Q(province=region)
    return SurgeReport.objects.filter(
        place, product__group=group, case__isnull=True, state="reported"
    )
