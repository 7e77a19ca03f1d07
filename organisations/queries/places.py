"""Regions and pools with how many institutions of each the reader sees."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from organisations.models import Organisation, Pool, Region
from organisations.queries.scope import Scope
from organisations.queries.visible import visible_organisations, visible_pools, visible_regions


@dataclass(frozen=True)
class CityRow:
    """A city (or what stands directly under a province) with its counties; counts include them."""

    region: Region
    counties: list[tuple[Region, int]]
    institutions: int


@dataclass(frozen=True)
class PoolRow:
    pool: Pool
    institutions: int


def city_rows(scope: Scope) -> list[CityRow]:
    """The cities of the reader's province in the order of their codes."""
    counts = _institutions(scope, "region_id")
    regions = visible_regions(scope).filter(parent__isnull=False).order_by("code")
    below: dict[int, list[Region]] = {}
    cities = []
    for region in regions:
        if region.level == Region.Level.CITY:
            if scope.province_id in (None, region.parent_id):
                cities.append(region)
        elif region.parent_id is not None:
            below.setdefault(region.parent_id, []).append(region)
    rows = []
    for city in cities:
        counties = [(county, counts.get(county.pk, 0)) for county in below.get(city.pk, [])]
        total = counts.get(city.pk, 0) + sum(count for _, count in counties)
        rows.append(CityRow(city, counties, total))
    return rows


def pool_rows(scope: Scope) -> list[PoolRow]:
    counts = _institutions(scope, "pool_id")
    pools = visible_pools(scope).select_related("region").order_by("code")
    return [PoolRow(pool, counts.get(pool.pk, 0)) for pool in pools]


def region_choices(scope: Scope) -> list[dict[str, str]]:
    """Cities of the filter bar."""
    return [{"value": row.region.code, "label": row.region.name} for row in city_rows(scope)]


def pool_choices(scope: Scope) -> list[dict[str, str]]:
    rows = visible_pools(scope).order_by("code").values_list("code", "name")
    return [{"value": code, "label": name} for code, name in rows]


def _institutions(scope: Scope, column: str) -> dict[int, int]:
    rows = (
        visible_organisations(scope)
        .filter(kind=Organisation.Kind.INSTITUTION, is_active=True)
        .order_by()
        .values_list(column)
        .annotate(number=Count("pk"))
    )
    return dict(rows)
