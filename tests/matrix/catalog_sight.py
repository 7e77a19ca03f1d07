"""Who sees what of the catalogue (挂网), written by hand as SQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from catalog.queries.applications import visible_applications, visible_objections
from catalog.queries.batch_drafts import visible_batch_documents, visible_batch_drafts
from catalog.queries.editions import visible_editions
from catalog.queries.holds import visible_holds
from catalog.queries.hospital_items import visible_hospital_items, visible_item_mappings
from catalog.queries.listing_cases import visible_inquiries, visible_listing_requests
from catalog.queries.override_changes import visible_override_changes
from catalog.queries.quality import visible_inspections, visible_quality_reports, visible_samplings
from catalog.queries.result_changes import visible_result_changes
from catalog.queries.services import visible_service_candidates, visible_service_eligibility
from catalog.queries.visible import visible_exemptions
from organisations.queries.scope import Scope
from tests.matrix.bulletin_sight import HOSPITALS
from tests.matrix.party_sight import REGIONS, own_sql, party_sql, region_sql
from tests.matrix.world import World

Sql = Callable[[World, str], str]
PLACES_OF = {
    "a_clerk": "a", "a_reviewer": "a", "a_accountant": "a", "b_clerk": "b", "c_clerk": "c",
    "county_x": "ab", "city_p": "ab", "city_q": "c", "province": "abc", "health_x": "ab",
    "finance_p": "ab", "regulator": "abc", "agency_p": "ab", "token": "a",
}  # fmt: skip
PROVINCE = "(SELECT id FROM organisations_organisation WHERE kind = 'bureau' AND region_id = {})"


def application_sql(world: World, actor: str) -> str:
    """The manufacturer's own, drafts too; an authority's those of its region once handed in."""
    if actor in ("m1", "m2"):
        return own_sql("organisation_id", world, actor)
    seen = actor in REGIONS
    return f"({region_sql(*REGIONS[actor])} AND submitted_at IS NOT NULL)" if seen else "false"


def objection_sql(world: World, actor: str) -> str:
    """Whoever raised it, the applicant, and the authorities of the application's region."""
    if actor in ("sysadmin", "secadmin", "auditor"):
        return "false"
    own = world.cast.users[actor].organisation_id
    parts = [f"organisation_id = {own}"]
    held = "application_id IN (SELECT id FROM catalog_productapplication WHERE {})"
    if actor in ("m1", "m2", "d1", "d2"):
        parts.append(held.format(f"organisation_id = {own}"))
    if actor in REGIONS:
        parts.append(held.format(region_sql(*REGIONS[actor])))
    return " OR ".join(f"({part})" for part in parts)


def inspection_sql(world: World, actor: str) -> str:
    """By the inspecting regulator's region, and to the enterprise."""
    if actor in ("m1", "m2", "d1", "d2"):
        return own_sql("enterprise_id", world, actor)
    return party_sql(world, actor) if actor in REGIONS else "false"


def sampling_sql(world: World, actor: str) -> str:
    """Likewise; to the manufacturer, and to whoever the sample was drawn from."""
    if actor in ("m1", "m2", "d1", "d2"):
        own = getattr(world.places, actor).pk
        return f"(manufacturer_id = {own} OR drawn_from_id = {own})"
    if actor in HOSPITALS:
        return own_sql("drawn_from_id", world, HOSPITALS[actor])
    return party_sql(world, actor) if actor in REGIONS else "false"


def edition_sql(world: World, actor: str) -> str:
    """Published ones; before that the bureau's own."""
    if actor in ("sysadmin", "secadmin", "auditor"):
        return "false"
    return f"(state = 'published' OR organisation_id = {world.cast.users[actor].organisation_id})"


def eligibility_sql(world: World, actor: str) -> str:
    """The institution's own, its authorities and its pool's agency."""
    ids = [str(getattr(world.places, letter).pk) for letter in PLACES_OF.get(actor, "")]
    return f"institution_id IN ({', '.join(ids)})" if ids else "false"


def candidate_sql(world: World, actor: str) -> str:
    """What was adjusted; what is looked at, for authorities of the region and above it."""
    if actor in ("sysadmin", "secadmin", "auditor"):
        return "false"
    adjusted = "state = 'adjusted'"
    if actor not in REGIONS:
        return adjusted
    below = (
        f"SELECT id FROM organisations_region WHERE code LIKE '{REGIONS[actor][1].rstrip('0')}%'"
    )
    return f"{adjusted} OR region_id IN ({below})"


def hold_sql(world: World, actor: str) -> str:
    """Those for a region to all of the trade; an institution's own to those concerned."""
    if actor in ("sysadmin", "secadmin", "auditor"):
        return "false"
    own = "false" if actor in ("d1", "d2", "agency_p") else party_sql(world, actor)
    return f"(institution_id IS NULL OR {own})"


def of_own_province(column: str) -> Callable[[World, str], str]:
    """For the province's bureau: what hangs on a batch of its own province's policies."""

    def sql(world: World, actor: str) -> str:
        if actor != "province":
            return "false"
        return (
            f"{column} IN (SELECT b.id FROM catalog_batch b"
            " JOIN policy_policy p ON p.id = b.policy_id WHERE p.province_code = '860000')"
        )

    return sql


def result_sql(world: World, actor: str) -> str:
    """Confirmed ones for all of the trade; the bureau's own besides."""
    if actor in ("sysadmin", "secadmin", "auditor"):
        return "false"
    own = of_own_province("batch_id")(world, actor)
    return f"state IN ('confirmed', 'revoked') OR {own}"


def draft_sql(world: World, actor: str) -> str:
    return "province_code = '860000'" if actor == "province" else "false"


def document_sql(world: World, actor: str) -> str:
    if actor in ("sysadmin", "secadmin", "auditor"):
        return "false"
    return (
        "replaced_at IS NULL AND draft_id IN"
        " (SELECT id FROM catalog_batchdraft WHERE state = 'published')"
    )


def case_sql(world: World, actor: str, asked: str) -> str:
    """Requests and 函询: both sides, and the province's offices; administrators none."""
    if actor in ("sysadmin", "secadmin", "auditor"):
        return "false"
    own = world.cast.users[actor].organisation_id
    seen = f"{asked} = {own} OR office_id = {own}"
    if actor == "province":
        seen += f" OR office_id IN {PROVINCE.format(world.places.bureau.region_id)}"
    return seen


def request_sql(world: World, actor: str) -> str:
    return case_sql(world, actor, "requester_id")


def inquiry_sql(world: World, actor: str) -> str:
    return case_sql(world, actor, "enterprise_id")


def mapping_sql(world: World, actor: str) -> str:
    """As the hospital's item that is mapped."""
    return f"item_id IN (SELECT id FROM catalog_hospitalitem WHERE {party_sql(world, actor)})"


def exemption_sql(world: World, actor: str) -> str:
    """By the institution's present region, which in this world is where its rows are."""
    if actor in ("sysadmin", "secadmin", "auditor"):
        return "false"
    if actor in HOSPITALS:
        return f"(institution_id IS NULL OR {own_sql('institution_id', world, HOSPITALS[actor])})"
    if actor == "agency_p":
        return (
            "(institution_id IS NULL OR institution_id IN (SELECT id FROM organisations_organisation"
            f" WHERE {party_sql(world, actor)}))"
        )
    if actor in REGIONS:
        code = REGIONS[actor][1].rstrip("0")
        return (
            "(institution_id IS NULL OR institution_id IN (SELECT o.id FROM organisations_organisation o"
            f" JOIN organisations_region r ON r.id = o.region_id WHERE r.code LIKE '{code}%'))"
        )
    return "institution_id IS NULL"


CATALOG_CASES: dict[str, tuple[Callable[[Scope], Any], Sql]] = {
    "requests to restore": (visible_listing_requests, request_sql),
    "inquiries": (visible_inquiries, inquiry_sql),
    "exemptions": (visible_exemptions, exemption_sql),
    "hospital items": (visible_hospital_items, party_sql),
    "item mappings": (visible_item_mappings, mapping_sql),
    "applications": (visible_applications, application_sql),
    "objections": (visible_objections, objection_sql),
    "override changes": (visible_override_changes, of_own_province("batch_id")),
    "result changes": (visible_result_changes, result_sql),
    "batch drafts": (visible_batch_drafts, draft_sql),
    "batch documents": (visible_batch_documents, document_sql),
    "inspections": (visible_inspections, inspection_sql),
    "samplings": (visible_samplings, sampling_sql),
    "quality reports": (visible_quality_reports, party_sql),
    "editions": (visible_editions, edition_sql),
    "holds": (visible_holds, hold_sql),
    "service candidates": (visible_service_candidates, candidate_sql),
    "service eligibility": (visible_service_eligibility, eligibility_sql),
}
