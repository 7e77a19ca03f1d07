"""Who sees which periodic reports and assessments, written by hand as SQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from monitoring.queries.assessed import visible_assessed_groups, visible_assessed_units
from monitoring.queries.early_notices import visible_early_notices
from monitoring.queries.entry_checks import visible_entry_checks
from monitoring.queries.periodic_reports import visible_periodic_reports
from organisations.queries.scope import Scope
from tests.matrix.world import World

Sql = Callable[[World, str], str]

BUREAUS = {"county_x": "bureau_x", "county_y": "bureau_y", "city_p": "bureau_p",
           "city_q": "bureau_q", "province": "bureau", "regulator": "regulator"}  # fmt: skip


def periodic_report_sql(world: World, actor: str) -> str:
    """Its bureau; its receiver once it was handed in; the province what its cities owe it."""
    if actor not in BUREAUS:
        return "false"
    own = getattr(world.places, BUREAUS[actor]).pk
    received = f"receiver_id = {own}"
    if actor != "province":
        received += " AND state IN ('submitted', 'returned', 'accepted')"
    return f"(issuer_id = {own} OR {received})"


def report_cases(between: Sql, concerned: Sql) -> dict[str, tuple[Callable[[Scope], Any], Sql]]:
    """`between` is the rule of what stays between an institution and those over it,
    `concerned` that of figures and warnings.
    """
    return {
        "periodic reports": (visible_periodic_reports, periodic_report_sql),
        "assessed units": (visible_assessed_units, between),
        "assessed groups": (visible_assessed_groups, between),
        "entry checks": (visible_entry_checks, between),
        "early notices": (visible_early_notices, concerned),
    }
