"""Who sees which leads and trainings, written by hand as SQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from monitoring.queries.leads import visible_lead_searches, visible_leads
from monitoring.queries.trainings import visible_training_targets, visible_trainings
from organisations.queries.scope import Scope
from tests.matrix.world import World

Sql = Callable[[World, str], str]
LEVELS = {"county_x": "county", "county_y": "county", "city_p": "city", "city_q": "city",
          "province": "province"}  # fmt: skip


def lead_sql(world: World, actor: str) -> str:
    """The province's person with the role; the regulator's clerk is no reviewer."""
    return f"province_id = {world.places.bureau.region_id}" if actor == "province" else "false"


def training_sql(world: World, actor: str) -> str:
    if actor in ("sysadmin", "secadmin", "auditor"):
        return "false"
    user = world.cast.users[actor]
    own = user.organisation_id or 0
    seen = (
        "id IN (SELECT training_id FROM monitoring_trainingattendance"
        f" WHERE organisation_id = {own})"
    )
    if actor in LEVELS:
        seen += f" OR {LEVELS[actor]}_id = {user.organisation.region_id}"
    return f"(organiser_id = {own} OR (state = 'held' AND ({seen})))"


def target_sql(world: World, actor: str) -> str:
    if actor not in LEVELS:
        return "false"
    top = world.cast.users[actor].organisation.region_id
    return (
        "kind = 'institution' AND is_active AND region_id IN (SELECT r.id FROM organisations_region r"
        " LEFT JOIN organisations_region p ON p.id = r.parent_id"
        f" WHERE {top} IN (r.id, r.parent_id, p.parent_id))"
    )


LEAD_CASES: dict[str, tuple[Callable[[Scope], Any], Sql]] = {
    "leads": (visible_leads, lead_sql),
    "lead searches": (visible_lead_searches, lead_sql),
    "trainings": (visible_trainings, training_sql),
    "training targets": (lambda scope: visible_training_targets(scope, 2026), target_sql),
}
