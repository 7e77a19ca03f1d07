"""Who sees which bulletins and parts of them, written by hand as SQL."""

from __future__ import annotations

from monitoring.queries.bulletins import (
    visible_bulletin_inputs,
    visible_bulletin_lines,
    visible_bulletin_objections,
    visible_bulletin_receipts,
    visible_bulletin_templates,
    visible_bulletins,
)
from tests.matrix.world import World

HOSPITALS = {
    "a_clerk": "a", "a_reviewer": "a", "a_accountant": "a", "token": "a", "b_clerk": "b",
    "c_clerk": "c",
}  # fmt: skip


def _own(world: World, actor: str) -> str:
    """Rows that name the actor's own hospital; nobody else is named in this world."""
    if actor not in HOSPITALS:
        return "false"
    return f"organisation_id = {getattr(world.places, HOSPITALS[actor]).pk}"


def _bulletin_office(world: World, actor: str) -> str:
    """Bulletins of the province's own bureau; only it drafts in this world."""
    return f"issuer_id = {world.places.bureau.pk}" if actor == "province" else "false"


def _traders(actor: str) -> str:
    return "false" if actor in ("sysadmin", "secadmin", "auditor", "disabled") else "true"


def bulletin_sql(world: World, actor: str) -> str:
    """Issued ones are public; before, the issuer and whom a line names."""
    own = _own(world, actor)
    return (
        f"{_traders(actor)} AND (state IN ('issued', 'closed') OR {_bulletin_office(world, actor)}"
        f" OR state IN ('checking', 'review', 'countersign', 'ready') AND id IN (SELECT"
        f" bulletin_id FROM monitoring_bulletinline WHERE NOT removed AND {own}))"
    )


def bulletin_input_sql(world: World, actor: str) -> str:
    return (
        f"bulletin_id IN (SELECT id FROM monitoring_bulletin WHERE {_traders(actor)} AND"
        f" (state IN ('issued', 'closed') OR {_bulletin_office(world, actor)}))"
    )


def bulletin_line_sql(world: World, actor: str) -> str:
    own = _own(world, actor)
    return f"({bulletin_input_sql(world, actor)} OR {own})"


def bulletin_answer_sql(world: World, actor: str) -> str:
    """Objections and receipts: the own one, and all to the issuer."""
    own = _own(world, actor)
    return (
        f"(bulletin_id IN (SELECT id FROM monitoring_bulletin WHERE"
        f" {_bulletin_office(world, actor)}) OR {own})"
    )


def bulletin_template_sql(world: World, actor: str) -> str:
    bureaus = ("county_x", "county_y", "city_p", "city_q", "province")
    own = world.places.bureau.region_id
    return f"province_id = {own}" if actor in bureaus else "false"


BULLETINS = {
    "bulletins": (visible_bulletins, bulletin_sql),
    "bulletin inputs": (visible_bulletin_inputs, bulletin_input_sql),
    "bulletin lines": (visible_bulletin_lines, bulletin_line_sql),
    "bulletin objections": (visible_bulletin_objections, bulletin_answer_sql),
    "bulletin receipts": (visible_bulletin_receipts, bulletin_answer_sql),
    "bulletin templates": (visible_bulletin_templates, bulletin_template_sql),
}
