"""R-5 and R-7: what each actor's queries give equals SQL that was written by hand for the actor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

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
from complaints.queries.visible import visible_complaints, visible_contacts, visible_messages
from contracts.queries.agreements import visible_agreements
from contracts.queries.disposals import visible_disposals
from contracts.queries.powers import visible_powers
from contracts.queries.relations import visible_relations
from contracts.queries.visible import visible_agreement_lines
from inbox.queries.visible import (
    visible_announcements,
    visible_delivery_attempts,
    visible_tasks,
)
from inbox.queries.visible_changes import visible_changes
from monitoring.queries.actions import visible_actions
from monitoring.queries.exemption_applications import (
    visible_exemption_applications,
    visible_granted_exemptions,
)
from monitoring.queries.scores import visible_appeals, visible_scores
from monitoring.queries.site_inspections import visible_site_inspections
from monitoring.queries.visible import visible_indicator_values, visible_warnings
from organisations.models import User
from organisations.queries.certificates import visible_certificates, visible_trust_anchors
from organisations.queries.scope import Scope, scope_of
from organisations.queries.visibility import (
    party_rows,
    sees,
    sees_subject,
    subject_rows,
)
from procurement.models import OrderLine
from procurement.queries.codes import (
    visible_code_events,
    visible_code_findings,
    visible_trace_codes,
)
from procurement.queries.quantity_account import visible_accounts
from procurement.queries.receipts import visible_receipt_remarks
from procurement.queries.return_requests import visible_return_requests
from procurement.queries.standby import visible_standby_cases
from procurement.queries.visible import (
    visible_delayed_lists,
    visible_delayed_rows,
    visible_deliveries,
    visible_delivery_notes,
    visible_order_lines,
    visible_orders,
    visible_payments,
    visible_progress,
    visible_purchase_history,
    visible_receipts,
    visible_returns,
)
from tests.matrix.action_sight import sight_sql, visited_sql
from tests.matrix.actors import ACTORS
from tests.matrix.assessment_sight import report_cases
from tests.matrix.bulletin_sight import BULLETINS, HOSPITALS
from tests.matrix.contact_sight import contact_sql, message_sql
from tests.matrix.lead_sight import LEAD_CASES
from tests.matrix.money_sight import MONEY_CASES
from tests.matrix.ordering_sight import ordering_cases
from tests.matrix.retention_sight import retention_cases
from tests.matrix.score_sight import granted_sql, score_sql
from tests.matrix.supply_side_sight import supply_side_cases
from tests.matrix.world import World
from volumes.queries.agreed import (
    visible_agreed_quantities,
    visible_agreed_rounds,
    visible_agreed_shares,
    visible_allotment_choices,
)
from volumes.queries.second_products import visible_second_choices
from volumes.queries.totals import visible_group_totals
from volumes.queries.visible import (
    visible_letters,
    visible_member_sheets,
    visible_report_lines,
    visible_report_tasks,
    visible_reports,
)

PEOPLE = [actor for actor in ACTORS if actor not in ("anonymous", "disabled")]
REGIONS = {
    "county_x": ("county_id", "860101"), "county_y": ("county_id", "860102"),
    "city_p": ("city_id", "860100"), "city_q": ("city_id", "860200"),
    "province": ("province_id", "860000"), "regulator": ("province_id", "860000"),
    "health_x": ("county_id", "860101"), "finance_p": ("city_id", "860100"),
}  # fmt: skip


def _region(column: str, code: str) -> str:
    return f"{column} = (SELECT id FROM organisations_region WHERE code = '{code}')"


def _own(column: str, world: World, name: str) -> str:
    return f"{column} = {getattr(world.places, name).pk}"


def party_sql(world: World, actor: str) -> str:
    """The condition that the specification gives this actor on rows with party stamps."""
    if actor in HOSPITALS:
        return _own("institution_id", world, HOSPITALS[actor])
    if actor in ("m1", "m2"):
        return _own("manufacturer_id", world, actor)
    if actor in ("d1", "d2"):
        return _own("distributor_id", world, actor)
    if actor == "agency_p":
        return f"pool_id = {world.places.agency_p.pool_id}"
    return _region(*REGIONS[actor]) if actor in REGIONS else "false"


def subject_sql(world: World, actor: str) -> str:
    """Likewise for figures and warnings."""
    if actor in ("m1", "m2", "d1", "d2"):
        return _own("enterprise_id", world, actor)
    return party_sql(world, actor)


def action_sql(world: World, actor: str) -> str:
    own = world.cast.users[actor].organisation_id or 0
    return sight_sql(actor, own=own, concerned=subject_sql(world, actor))


def inside_sql(world: World, actor: str) -> str:
    """An institution's own affair, seen by nobody outside."""
    return party_sql(world, actor) if actor in HOSPITALS else "false"


def finding_sql(world: World, actor: str) -> str:
    """By the party rule, and the institution that has the code otherwise."""
    if actor not in HOSPITALS:
        return party_sql(world, actor)
    return f"({party_sql(world, actor)} OR {_own('other_id', world, HOSPITALS[actor])})"


def order_sql(world: World, actor: str) -> str:
    """A manufacturer sees the heads of the orders that have a line of its products."""
    if actor in ("m1", "m2"):
        maker = getattr(world.places, actor).pk
        return f"id IN (SELECT order_id FROM procurement_orderline WHERE manufacturer_id = {maker})"
    return party_sql(world, actor)


def payment_sql(world: World, actor: str) -> str:
    if actor in ("m1", "m2", "d1", "d2"):
        return f"({party_sql(world, actor)} OR {_own('enterprise_id', world, actor)})"
    return party_sql(world, actor)


def exemption_sql(world: World, actor: str) -> str:
    """By the institution's present region, which in this world is where its rows are."""
    if actor in ("sysadmin", "secadmin", "auditor"):
        return "false"
    if actor in HOSPITALS:
        return f"(institution_id IS NULL OR {_own('institution_id', world, HOSPITALS[actor])})"
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


def application_sql(world: World, actor: str) -> str:
    """The manufacturer's own, drafts too; an authority's those of its region once handed in."""
    if actor in ("m1", "m2"):
        return _own("organisation_id", world, actor)
    seen = actor in REGIONS
    return f"({_region(*REGIONS[actor])} AND submitted_at IS NOT NULL)" if seen else "false"


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
        parts.append(held.format(_region(*REGIONS[actor])))
    return " OR ".join(f"({part})" for part in parts)


def task_sql(world: World, actor: str) -> str:
    user = world.cast.users[actor]
    roles = ", ".join(f"'{role}'" for role in user.roles)
    return (
        f"organisation_id = {user.organisation_id}"
        f" AND (roles = '{{}}' OR roles && ARRAY[{roles}]::varchar[])"
    )


def announcement_sql(world: World, actor: str) -> str:
    """The own office's; others' once out, if public or if the own organisation was told."""
    if actor in ("sysadmin", "secadmin", "auditor"):
        return "false"
    own = world.cast.users[actor].organisation_id
    return (
        f"(organisation_id = {own} OR (state IN ('published', 'superseded', 'withdrawn')"
        " AND (is_public OR id IN (SELECT announcement_id FROM inbox_announcementrecipient"
        f" WHERE organisation_id = {own}))))"
    )


def log_sql(world: World, actor: str) -> str:
    """Of notices sent outside: own, the own organisation's for its admin, all for the system's."""
    user = world.cast.users[actor]
    if actor == "sysadmin":
        return "true"
    if "admin" in user.roles:
        return f"organisation_id = {user.organisation_id}"
    return f"user_id = {user.pk}"


def change_sql(world: World, actor: str) -> str:
    """Addressed to one's organisation, stamped with one's own, or to all of the province."""
    user = world.cast.users[actor]
    mine = f"({task_sql(world, actor)} AND (user_id IS NULL OR user_id = {user.pk}))"
    if actor in ("sysadmin", "secadmin", "auditor"):
        return mine
    province = user.organisation.region
    while province is not None and province.parent is not None:
        province = province.parent
    to_all = f"province_id = {province.pk}" if province is not None else "true"
    parts = (mine, party_sql(world, actor), subject_sql(world, actor), f"to_all AND {to_all}")
    return " OR ".join(f"({part})" for part in parts)


def mapping_sql(world: World, actor: str) -> str:
    """As the hospital's item that is mapped."""
    return f"item_id IN (SELECT id FROM catalog_hospitalitem WHERE {party_sql(world, actor)})"


def inspection_sql(world: World, actor: str) -> str:
    """By the inspecting regulator's region, and to the enterprise."""
    if actor in ("m1", "m2", "d1", "d2"):
        return _own("enterprise_id", world, actor)
    return party_sql(world, actor) if actor in REGIONS else "false"


def sampling_sql(world: World, actor: str) -> str:
    """Likewise; to the manufacturer, and to whoever the sample was drawn from."""
    if actor in ("m1", "m2", "d1", "d2"):
        own = getattr(world.places, actor).pk
        return f"(manufacturer_id = {own} OR drawn_from_id = {own})"
    if actor in HOSPITALS:
        return _own("drawn_from_id", world, HOSPITALS[actor])
    return party_sql(world, actor) if actor in REGIONS else "false"


def edition_sql(world: World, actor: str) -> str:
    """Published ones; before that the bureau's own."""
    if actor in ("sysadmin", "secadmin", "auditor"):
        return "false"
    return f"(state = 'published' OR organisation_id = {world.cast.users[actor].organisation_id})"


PLACES_OF = {
    "a_clerk": "a", "a_reviewer": "a", "a_accountant": "a", "b_clerk": "b", "c_clerk": "c",
    "county_x": "ab", "city_p": "ab", "city_q": "c", "province": "abc", "health_x": "ab",
    "finance_p": "ab", "regulator": "abc", "agency_p": "ab", "token": "a",
}  # fmt: skip


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


def standby_sql(world: World, actor: str) -> str:
    """Started ones to the trade; others to the maker, the giver, and city's or province's offices."""
    if actor in ("sysadmin", "secadmin", "auditor"):
        return "false"
    own = world.cast.users[actor].organisation_id
    seen = f"state IN ('in_force', 'ended') OR given_by_id = {own}"
    if actor in ("m1", "m2"):
        seen += f" OR manufacturer_id = {own}"
    if actor in REGIONS and REGIONS[actor][0] != "county_id":
        seen += f" OR {_region(*REGIONS[actor])}"
    return f"({seen})"


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


PROVINCE = "(SELECT id FROM organisations_organisation WHERE kind = 'bureau' AND region_id = {})"


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


def account_sql(world: World, actor: str) -> str:
    """Agreement lines that all three have signed; no two of this world are of one account."""
    return f"({party_sql(world, actor)}) AND agreement_no LIKE '账记%%'"


def entry_sql(world: World, actor: str) -> str:
    """Between the institution and those over it; enterprises see none."""
    return "false" if actor in ("m1", "m2", "d1", "d2") else party_sql(world, actor)


def power_sql(world: World, actor: str) -> str:
    """Principal, agent, who registered it; the authorities of the principal's region."""
    if actor in HOSPITALS:
        own = getattr(world.places, HOSPITALS[actor]).pk
        return f"(principal_id = {own} OR agent_id = {own} OR registered_by_id = {own})"
    return party_sql(world, actor) if actor in REGIONS else "false"


def disposal_sql(world: World, actor: str) -> str:
    """Whom it is about, and the authorities there."""
    if actor in HOSPITALS:
        return _own("organisation_id", world, HOSPITALS[actor])
    if actor in ("m1", "m2", "d1", "d2"):
        return _own("organisation_id", world, actor)
    return party_sql(world, actor) if actor in REGIONS else "false"


def relation_sql(world: World, actor: str) -> str:
    """The two enterprises; who is delivered to or watches over the pool; these hold for pools whole."""
    pool = world.places.a.pool_id if actor != "c_clerk" else world.places.c.pool_id
    if actor in HOSPITALS or actor == "agency_p":
        return f"pool_id = {pool}"
    if actor in REGIONS and REGIONS[actor][0] == "county_id":
        return _region("city_id", "860100")
    return party_sql(world, actor)


def certificate_sql(world: World, actor: str) -> str:
    """The own organisation's for its admin and its leader; all for two of the administrators."""
    if actor in ("secadmin", "auditor"):
        return "true"
    own = f"organisation_id = {world.cast.users[actor].organisation_id}"
    return own if actor in ("a_reviewer", "province") else "false"


def anchor_sql(world: World, actor: str) -> str:
    return "true"


def report_task_sql(world: World, actor: str) -> str:
    """Those of the own province that are not of another city; drafts only by their own office."""
    if actor not in HOSPITALS and actor not in REGIONS and actor != "agency_p":
        return "false"
    own = world.cast.users[actor].organisation_id
    city = {"c_clerk": "860200", "city_q": "860200"}.get(actor, "860100")
    met = _region("province_id", "860000")
    if actor not in ("province", "regulator"):
        met += f" AND (city_id IS NULL OR {_region('city_id', city)})"
    return f"(state NOT IN ('draft', 'withdrawn') AND {met} OR organisation_id = {own})"


def report_sql(world: World, actor: str) -> str:
    """By the party rule, and the consortium's of a member."""
    if actor not in HOSPITALS:
        return party_sql(world, actor)
    own = _own("institution_id", world, HOSPITALS[actor])
    return f"({own} OR id IN (SELECT report_id FROM volumes_membersheet WHERE {own}))"


def total_sql(world: World, actor: str) -> str:
    """Sums of the authority's own region; of units and agencies none."""
    return _region(*REGIONS[actor]) if actor in REGIONS else "false"


def member_sheet_sql(world: World, actor: str) -> str:
    """By the party rule, and the members' of a lead's report."""
    if actor not in HOSPITALS:
        return party_sql(world, actor)
    own = _own("institution_id", world, HOSPITALS[actor])
    return f"({own} OR report_id IN (SELECT id FROM volumes_volumereport WHERE {own}))"


def letter_sql(world: World, actor: str) -> str:
    return f"report_id IN (SELECT id FROM volumes_volumereport WHERE {report_sql(world, actor)})"


def round_sql(world: World, actor: str) -> str:
    """Rounds of the own province; enterprises those that are confirmed, of which there is none."""
    if actor in ("m1", "m2", "d1", "d2", "sysadmin", "secadmin", "auditor"):
        return "false"
    return f"province_id = {world.places.bureau.region_id}"


Sql = Callable[[World, str], str]


CASES: dict[str, tuple[Callable[[Scope], Any], Sql]] = BULLETINS | {
    "agreement lines": (visible_agreement_lines, party_sql),
    "powers of attorney": (visible_powers, power_sql),
    "disposals": (visible_disposals, disposal_sql),
    "agreements": (visible_agreements, party_sql),
    "delivery relations": (visible_relations, relation_sql),
    "report lines": (visible_report_lines, party_sql),
    "changes": (visible_changes, change_sql),
    "requests to restore": (visible_listing_requests, request_sql),
    "inquiries": (visible_inquiries, inquiry_sql),
    **MONEY_CASES,
    "orders": (visible_orders, order_sql),
    "order lines": (visible_order_lines, party_sql),
    "progress of lines": (visible_progress, party_sql),
    "deliveries": (visible_deliveries, party_sql),
    "delivery notes": (visible_delivery_notes, party_sql),
    "delayed lists": (visible_delayed_lists, party_sql),
    "delayed rows": (visible_delayed_rows, party_sql),
    "receipts": (visible_receipts, party_sql),
    "returns": (visible_returns, party_sql),
    "payments": (visible_payments, payment_sql),
    "history": (visible_purchase_history, party_sql),
    "complaints": (visible_complaints, party_sql),
    "complaint messages": (visible_messages, lambda w, a: message_sql(party_sql(w, a))),
    "contacts": (visible_contacts, contact_sql),
    "indicator values": (visible_indicator_values, subject_sql),
    "warnings": (visible_warnings, subject_sql),
    "supervision actions": (visible_actions, action_sql),
    "supply scores": (visible_scores, score_sql),
    "site inspections": (
        visible_site_inspections,
        lambda world, who: visited_sql(who, concerned=subject_sql(world, who)),
    ),
    "exemption applications": (visible_exemption_applications, party_sql),
    "granted exemptions": (visible_granted_exemptions, granted_sql),
    "score appeals": (visible_appeals, score_sql),
    "hospital items": (visible_hospital_items, party_sql),
    "item mappings": (visible_item_mappings, mapping_sql),
    "exemptions": (visible_exemptions, exemption_sql),
    "applications": (visible_applications, application_sql),
    "objections": (visible_objections, objection_sql),
    "override changes": (visible_override_changes, of_own_province("batch_id")),
    "result changes": (visible_result_changes, result_sql),
    "batch drafts": (visible_batch_drafts, draft_sql),
    "batch documents": (visible_batch_documents, document_sql),
    "tasks": (visible_tasks, task_sql),
    "announcements": (visible_announcements, announcement_sql),
    "inspections": (visible_inspections, inspection_sql),
    "samplings": (visible_samplings, sampling_sql),
    "quality reports": (visible_quality_reports, party_sql),
    "editions": (visible_editions, edition_sql),
    "holds": (visible_holds, hold_sql),
    "service candidates": (visible_service_candidates, candidate_sql),
    "service eligibility": (visible_service_eligibility, eligibility_sql),
    **ordering_cases(party_sql, inside_sql),
    "receipt remarks": (visible_receipt_remarks, party_sql),
    "return requests": (visible_return_requests, party_sql),
    "trace codes": (visible_trace_codes, party_sql),
    "code events": (visible_code_events, party_sql),
    "code findings": (visible_code_findings, finding_sql),
    "standby cases": (visible_standby_cases, standby_sql),
    **supply_side_cases(party_sql) | retention_cases(party_sql),
    "agreed rounds": (visible_agreed_rounds, round_sql),
    "agreed quantities": (visible_agreed_quantities, entry_sql),
    "agreed shares": (visible_agreed_shares, entry_sql),
    "second products": (visible_second_choices, entry_sql),
    "allotment choices": (visible_allotment_choices, entry_sql),
    "accounts": (lambda scope: visible_accounts(scope, timezone.now()), account_sql),
    "certificates": (visible_certificates, certificate_sql),
    "trust anchors": (visible_trust_anchors, anchor_sql),
    "delivery attempts": (visible_delivery_attempts, log_sql),
    "report tasks": (visible_report_tasks, report_task_sql),
    "reports": (visible_reports, report_sql),
    "group totals": (visible_group_totals, total_sql),
    "member sheets": (visible_member_sheets, member_sheet_sql),
    "letters": (visible_letters, letter_sql),
}
CASES |= report_cases(entry_sql, subject_sql) | LEAD_CASES


def _scope(world: World, actor: str) -> Scope:
    user = User.objects.select_related("organisation__region").get(pk=world.cast.users[actor].pk)
    return scope_of(user, timezone.localdate())


@pytest.mark.parametrize("name", CASES)
def test_each_actor_sees_what_the_specification_says(name: str, world: World) -> None:
    visible, sql = CASES[name]
    total = 0
    for actor in PEOPLE:
        rows = visible(_scope(world, actor))
        table = connection.ops.quote_name(rows.model._meta.db_table).replace('""', '"')
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id FROM {table} WHERE {sql(world, actor)} ORDER BY id")
            expected = [row[0] for row in cursor.fetchall()]
        assert sorted(rows.values_list("pk", flat=True)) == expected, actor
        assert rows.count() == len(expected), actor
        total += len(expected)
    assert total > 0


def test_condition_and_predicate_agree_on_every_row(world: World) -> None:
    from monitoring.models import Warning

    for actor in PEOPLE:
        scope = _scope(world, actor)
        lines = set(OrderLine.objects.filter(party_rows(scope)).values_list("pk", flat=True))
        assert lines == {line.pk for line in OrderLine.objects.all() if sees(scope, line)}, actor
        warnings = set(Warning.objects.filter(subject_rows(scope)).values_list("pk", flat=True))
        assert warnings == {row.pk for row in Warning.objects.all() if sees_subject(scope, row)}


def test_disabled_person_sees_nothing(world: World) -> None:
    scope = _scope(world, "disabled")
    assert [name for name, (visible, _) in CASES.items() if visible(scope).exists()] == []
