"""The seeded world of the matrix, built once per run of this package."""

from __future__ import annotations

import io
from dataclasses import dataclass

from django.core.files.uploadedfile import SimpleUploadedFile

from core.attachments.store import attach, keep_made
from core.audit.record import SystemActor
from monitoring.models import Warning
from organisations.models import ApiToken
from organisations.states import TOKEN_SCOPES
from tests.factories import core, inbox
from tests.factories import organisations as make
from tests.factories.feed import webhook_delivery, webhook_endpoint
from tests.matrix import places as geography
from tests.matrix.actions import seed_actions
from tests.matrix.actors import Cast, assemble
from tests.matrix.agreed import seed_agreed, seed_reviews
from tests.matrix.applications import seed_applications
from tests.matrix.assessments import seed_assessments
from tests.matrix.batches import seed_batches
from tests.matrix.bulletins import seed_bulletins
from tests.matrix.canaries import Seeded, seed
from tests.matrix.certificates import seed_certificates
from tests.matrix.complaints import seed_complaints
from tests.matrix.contracts import seed_contracts
from tests.matrix.exemptions import seed_exemptions
from tests.matrix.imports import seed_imports
from tests.matrix.inspections import seed_inspections
from tests.matrix.items import item_keys
from tests.matrix.leads import seed_leads, seed_trainings
from tests.matrix.listings import seed_listings
from tests.matrix.money import seed_money
from tests.matrix.offices import seed_guides
from tests.matrix.ordering import seed_ordering
from tests.matrix.places import Places
from tests.matrix.quality import seed_quality
from tests.matrix.receiving import seed_receiving
from tests.matrix.registrations import seed_changes, seed_delegations, seed_registrations
from tests.matrix.reports import seed_reports
from tests.matrix.retention import seed_retention
from tests.matrix.sanctions import seed_sanctions
from tests.matrix.scores import seed_scores
from tests.matrix.services import seed_services
from tests.matrix.shipping import seed_shipping
from tests.matrix.supply_cases import seed_supply_cases
from tests.matrix.supply_side import seed_supply_side
from tests.matrix.value_changes import seed_value_changes


@dataclass(frozen=True)
class World:
    """Who there is, what may be met by whom, and the keys that the table's rows name."""

    places: Places
    cast: Cast
    seeded: Seeded
    keys: dict[str, str]


def build_world() -> World:
    places = geography.build()
    seeded = seed(places)
    quality = seed_quality(places)
    seeded = Seeded((*seeded.canaries, *quality.canaries), {**seeded.keys, **quality.keys})
    agreed = seed_agreed(places)
    seeded = Seeded((*seeded.canaries, *agreed.canaries), {**seeded.keys, **agreed.keys})
    made = seed_contracts(places)
    seeded = Seeded((*seeded.canaries, *made.canaries), {**seeded.keys, **made.keys})
    signing = seed_certificates(places)
    seeded = Seeded((*seeded.canaries, *signing.canaries), {**seeded.keys, **signing.keys})
    ordering = seed_ordering(places)
    seeded = Seeded((*seeded.canaries, *ordering.canaries), {**seeded.keys, **ordering.keys})
    services = seed_services(places)
    seeded = Seeded((*seeded.canaries, *services.canaries), {**seeded.keys, **services.keys})
    shipping = seed_shipping(places)
    seeded = Seeded((*seeded.canaries, *shipping.canaries), {**seeded.keys, **shipping.keys})
    cases = seed_supply_cases(places)
    seeded = Seeded((*seeded.canaries, *cases.canaries), {**seeded.keys, **cases.keys})
    supply = seed_supply_side(places, cases.keys)
    seeded = Seeded((*seeded.canaries, *supply.canaries), {**seeded.keys, **supply.keys})
    receiving = seed_receiving(places)
    seeded = Seeded((*seeded.canaries, *receiving.canaries), {**seeded.keys, **receiving.keys})
    kept = seed_retention(places)
    seeded = Seeded((*seeded.canaries, *kept.canaries), {**seeded.keys, **kept.keys})
    told = seed_complaints(places)
    seeded = Seeded((*seeded.canaries, *told.canaries), {**seeded.keys, **told.keys})
    acted = seed_actions(places)
    seeded = Seeded((*seeded.canaries, *acted.canaries), {**seeded.keys, **acted.keys})
    papers = seed_bulletins(places)
    seeded = Seeded((*seeded.canaries, *papers.canaries), {**seeded.keys, **papers.keys})
    exempt = seed_exemptions(places)
    seeded = Seeded((*seeded.canaries, *exempt.canaries), {**seeded.keys, **exempt.keys})
    visited = seed_inspections(places)
    seeded = Seeded((*seeded.canaries, *visited.canaries), {**seeded.keys, **visited.keys})
    scored = seed_scores(places)
    seeded = Seeded((*seeded.canaries, *scored.canaries), {**seeded.keys, **scored.keys})
    judged = seed_assessments(places)
    seeded = Seeded((*seeded.canaries, *judged.canaries), {**seeded.keys, **judged.keys})
    for sown in (seed_leads(places), seed_trainings(places), seed_sanctions(places)):
        seeded = Seeded((*seeded.canaries, *sown.canaries), {**seeded.keys, **sown.keys})
    money = seed_money(places)
    seeded = Seeded((*seeded.canaries, *money.canaries), {**seeded.keys, **money.keys})
    cast = assemble(places, tuple(TOKEN_SCOPES))
    return World(places, cast, seeded, {**seeded.keys, **_keys(places, cast, seeded.keys)})


def _keys(places: Places, cast: Cast, keys_of_warnings: dict[str, str]) -> dict[str, str]:
    """Business keys of one thing of hospital A, of its siblings, and of nothing at all."""
    keys = {name: getattr(places, name).code for name in ("a", "b", "c", "t", "bureau_x")}
    for letter, actor in (("a", "a_clerk"), ("b", "b_clerk"), ("c", "c_clerk")):
        keys[f"person_{letter}"] = cast.users[actor].username
    keys["person_t"] = make.person(places.t, "clerk", username="t-clerk").username
    for letter in "abct":
        hospital = getattr(places, letter)
        keys[f"token_{letter}"] = _token(make.api_token(hospital, name_of(letter))[0])
        keys[f"consortium_{letter}"] = make.consortium(hospital).code
        keys[f"notice_{letter}"] = str(inbox.notice(hospital, title=f"知{letter}").pk)
        keys[f"task_{letter}"] = str(inbox.task(hospital, title=f"办{letter}").pk)
        clerk = cast.users.get(f"{letter}_clerk") or make.person(hospital, username="t-items")
        keys |= item_keys(letter, hospital, clerk)
        endpoint = webhook_endpoint(hospital)
        keys[f"webhook_{letter}"] = endpoint.number
        keys[f"sent_{letter}"] = str(webhook_delivery(endpoint, state="delivered").pk)
        keys[f"file_{letter}"] = str(_evidence(keys_of_warnings[f"warning_{letter}"]))
    keys |= _jobs() | _lists(places, cast)
    keys |= seed_guides(places)
    keys |= seed_imports(places)
    keys |= seed_value_changes(places, cast)
    keys |= seed_batches(places, cast, keys)
    keys |= seed_applications(places)
    keys |= seed_reports(places, cast)
    keys |= seed_reviews(places, cast)
    keys |= seed_listings(places, cast, keys_of_warnings)
    keys |= seed_registrations(places)
    keys |= seed_delegations(cast, places)
    keys |= seed_changes(places)
    keys["event"] = str(core.audit_event(object_label="某事").pk)
    return keys


def _jobs() -> dict[str, str]:
    """One of the actors' province, one of its neighbour's, two of persons without a province."""
    return {
        "job": str(core.job(key="务记省7Q", province_code="860000").pk),
        "job_t": str(core.job(key="务记邻7Q", province_code="870000").pk),
        "job_a": str(core.job(key="务记甲7Q", requested_by_id=1_000_001).pk),
        "job_b": str(core.job(key="务记乙7Q", requested_by_id=1_000_002).pk),
    }


def _lists(places: Places, cast: Cast) -> dict[str, str]:
    """Of one person of each hospital: a saved view, a bulk act before it is confirmed, a file."""
    keys: dict[str, str] = {}
    for letter, user in (
        ("a", cast.users["a_clerk"]),
        ("b", cast.users["b_clerk"]),
        ("c", cast.users["c_clerk"]),
        ("t", make.person(places.t, "clerk", username="t-lists")),
    ):
        keys[f"view_{letter}"] = str(inbox.saved_view(user, name=f"视图{letter}").pk)
        keys[f"run_{letter}"] = str(inbox.bulk_run(user, items=[[1, 0]]).pk)
        job = core.job(
            kind="export_list", key=f"{user.pk}:x", state="done", requested_by_id=user.pk,
            arguments={"organisation": user.organisation_id}, result={"name": f"{letter}.xlsx"},
        )  # fmt: skip
        keep_made(
            owner_type="list_export", owner_id=job.pk, name=f"{letter}.xlsx",
            body=io.BytesIO(b"x"), content_type="text/plain", by=user, at=make.LONG_AGO,
        )  # fmt: skip
        keys[f"export_{letter}"] = str(job.pk)
    return keys


def _evidence(warning_no: str) -> int:
    """A file kept for a warning; its name and words are the hospital's own."""
    warning = Warning.objects.get(warning_no=warning_no)
    upload = SimpleUploadedFile(
        f"{warning.explanation}.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
    )
    (kept,) = attach(
        owner_type="warning", owner_id=warning.pk, uploads=[upload],
        by=SystemActor("测试"), at=make.LONG_AGO,
    )  # fmt: skip
    return int(kept.pk)


def name_of(letter: str) -> str:
    """A scope that exists, for tokens that are only listed."""
    return next(iter(TOKEN_SCOPES)) if letter else ""


def _token(token: ApiToken) -> str:
    return str(token.token_key)
