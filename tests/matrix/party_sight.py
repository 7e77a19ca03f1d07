"""Who sees rows with party stamps, and figures and warnings, written by hand as SQL."""

from __future__ import annotations

from tests.matrix.bulletin_sight import HOSPITALS
from tests.matrix.world import World

REGIONS = {
    "county_x": ("county_id", "860101"), "county_y": ("county_id", "860102"),
    "city_p": ("city_id", "860100"), "city_q": ("city_id", "860200"),
    "province": ("province_id", "860000"), "regulator": ("province_id", "860000"),
    "health_x": ("county_id", "860101"), "finance_p": ("city_id", "860100"),
}  # fmt: skip


def region_sql(column: str, code: str) -> str:
    return f"{column} = (SELECT id FROM organisations_region WHERE code = '{code}')"


def own_sql(column: str, world: World, name: str) -> str:
    return f"{column} = {getattr(world.places, name).pk}"


def party_sql(world: World, actor: str) -> str:
    """The condition that the specification gives this actor on rows with party stamps."""
    if actor in HOSPITALS:
        return own_sql("institution_id", world, HOSPITALS[actor])
    if actor in ("m1", "m2"):
        return own_sql("manufacturer_id", world, actor)
    if actor in ("d1", "d2"):
        return own_sql("distributor_id", world, actor)
    if actor == "agency_p":
        return f"pool_id = {world.places.agency_p.pool_id}"
    return region_sql(*REGIONS[actor]) if actor in REGIONS else "false"


def subject_sql(world: World, actor: str) -> str:
    """Likewise for figures and warnings."""
    if actor in ("m1", "m2", "d1", "d2"):
        return own_sql("enterprise_id", world, actor)
    return party_sql(world, actor)
