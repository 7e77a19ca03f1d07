"""Which organisations answer a warning, and which bureaus verify the answer."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from monitoring.models import Warning
from organisations.models import Organisation


def answerers(warnings: Iterable[Warning]) -> dict[int, list[int]]:
    """Warning id → ids of the organisations that have to answer it; two queries in all."""
    found: dict[int, list[int]] = {}
    of_pool: dict[int, list[int]] = {}
    for warning in warnings:
        party = warning.institution_id or warning.enterprise_id
        if party:
            found[warning.pk] = [party]
        elif warning.pool_id:
            of_pool.setdefault(warning.pool_id, []).append(warning.pk)
    agencies = Organisation.objects.filter(kind="agency", pool_id__in=of_pool, is_active=True)
    for agency in agencies:
        for warning_id in of_pool[agency.pool_id or 0]:
            found.setdefault(warning_id, []).append(agency.pk)
    return found


def first_bureaus(warning: Warning) -> list[int]:
    """The bureau nearest to the subject: of its county, else its city, else the province."""
    for region_id in (warning.county_id, warning.city_id, warning.province_id):
        if region_id is None:
            continue
        ids = list(
            Organisation.objects.filter(
                Q(kind="bureau"), Q(region_id=region_id), Q(is_active=True)
            ).values_list("pk", flat=True)
        )
        if ids:
            return ids
    return []


def bureaus_of_regions(region_ids: Iterable[int]) -> list[tuple[int, int]]:
    """(bureau, region) for every active bureau of these regions, in the order of their codes."""
    bureaus = Organisation.objects.filter(
        kind="bureau", region_id__in=list(region_ids), is_active=True
    ).order_by("code")
    return [(bureau.pk, bureau.region_id or 0) for bureau in bureaus]
