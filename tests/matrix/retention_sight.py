"""Hand-written SQL of who sees runs, sheets, rows and share-outs of 结余留用."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from organisations.queries.scope import Scope
from settlement.queries.retention import (
    visible_retention_rows,
    visible_retention_runs,
    visible_retention_share_outs,
    visible_retention_sheets,
)
from tests.matrix.world import World

Sql = Callable[[World, str], str]
OFFICES = ("county_x", "county_y", "city_p", "city_q", "province", "agency_p")
HOSPITALS = {"a_clerk": "a", "a_reviewer": "a", "a_accountant": "a", "token": "a",
             "b_clerk": "b", "c_clerk": "c"}  # fmt: skip
CITY = {"county_x": "860100", "county_y": "860100", "city_p": "860100", "city_q": "860200",
        "health_x": "860100", "finance_p": "860100"}  # fmt: skip


def run_sql(world: World, actor: str) -> str:
    """Of the pool or the city or the province; drafts are the bureaus' and the agency's."""
    if actor in HOSPITALS:
        seen = f"pool_id = {getattr(world.places, HOSPITALS[actor]).pool_id}"
    elif actor == "agency_p":
        seen = f"pool_id = {world.places.agency_p.pool_id}"
    elif actor in CITY:
        seen = f"region_id = (SELECT id FROM organisations_region WHERE code = '{CITY[actor]}')"
    elif actor in ("province", "regulator"):
        seen = "province_id = (SELECT id FROM organisations_region WHERE code = '860000')"
    else:
        return "false"
    return seen if actor in OFFICES else f"{seen} AND state <> 'draft'"


def retention_cases(party_sql: Sql) -> dict[str, tuple[Callable[[Scope], Any], Sql]]:
    """For CASES; `party_sql` is that of rows with party stamps."""

    def sheet_sql(world: World, actor: str) -> str:
        if actor in ("m1", "m2", "d1", "d2"):
            return "false"
        seen = party_sql(world, actor)
        if actor in OFFICES:
            return seen
        drafts = "(SELECT id FROM settlement_retentionrun WHERE state = 'draft')"
        return f"({seen}) AND run_id NOT IN {drafts}"

    def share_sql(world: World, actor: str) -> str:
        return f"sheet_id IN (SELECT id FROM settlement_retentionsheet WHERE {sheet_sql(world, actor)})"

    return {
        "retention runs": (visible_retention_runs, run_sql),
        "retention sheets": (visible_retention_sheets, sheet_sql),
        "retention rows": (visible_retention_rows, sheet_sql),
        "retention share-outs": (visible_retention_share_outs, share_sql),
    }
