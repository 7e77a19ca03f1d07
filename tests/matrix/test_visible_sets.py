"""R-5 and R-7: what each actor's queries give equals SQL that was written by hand for the actor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

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
from tests.matrix.catalog_sight import CATALOG_CASES
from tests.matrix.contact_sight import contact_sql, message_sql
from tests.matrix.lead_sight import LEAD_CASES
from tests.matrix.money_sight import MONEY_CASES
from tests.matrix.ordering_sight import ordering_cases
from tests.matrix.party_sight import REGIONS, own_sql, party_sql, region_sql, subject_sql
from tests.matrix.retention_sight import retention_cases
from tests.matrix.sanctions import SANCTION_CASES
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
    return f"({party_sql(world, actor)} OR {own_sql('other_id', world, HOSPITALS[actor])})"


def order_sql(world: World, actor: str) -> str:
    """A manufacturer sees the heads of the orders that have a line of its products."""
    if actor in ("m1", "m2"):
        maker = getattr(world.places, actor).pk
        return f"id IN (SELECT order_id FROM procurement_orderline WHERE manufacturer_id = {maker})"
    return party_sql(world, actor)


def payment_sql(world: World, actor: str) -> str:
    if actor in ("m1", "m2", "d1", "d2"):
        return f"({party_sql(world, actor)} OR {own_sql('enterprise_id', world, actor)})"
    return party_sql(world, actor)


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


def standby_sql(world: World, actor: str) -> str:
    """Started ones to the trade; others to the maker, the giver, and city's or province's offices."""
    if actor in ("sysadmin", "secadmin", "auditor"):
        return "false"
    own = world.cast.users[actor].organisation_id
    seen = f"state IN ('in_force', 'ended') OR given_by_id = {own}"
    if actor in ("m1", "m2"):
        seen += f" OR manufacturer_id = {own}"
    if actor in REGIONS and REGIONS[actor][0] != "county_id":
        seen += f" OR {region_sql(*REGIONS[actor])}"
    return f"({seen})"


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
        return own_sql("organisation_id", world, HOSPITALS[actor])
    if actor in ("m1", "m2", "d1", "d2"):
        return own_sql("organisation_id", world, actor)
    return party_sql(world, actor) if actor in REGIONS else "false"


def relation_sql(world: World, actor: str) -> str:
    """The two enterprises; who is delivered to or watches over the pool; these hold for pools whole."""
    pool = world.places.a.pool_id if actor != "c_clerk" else world.places.c.pool_id
    if actor in HOSPITALS or actor == "agency_p":
        return f"pool_id = {pool}"
    if actor in REGIONS and REGIONS[actor][0] == "county_id":
        return region_sql("city_id", "860100")
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
    met = region_sql("province_id", "860000")
    if actor not in ("province", "regulator"):
        met += f" AND (city_id IS NULL OR {region_sql('city_id', city)})"
    return f"(state NOT IN ('draft', 'withdrawn') AND {met} OR organisation_id = {own})"


def report_sql(world: World, actor: str) -> str:
    """By the party rule, and the consortium's of a member."""
    if actor not in HOSPITALS:
        return party_sql(world, actor)
    own = own_sql("institution_id", world, HOSPITALS[actor])
    return f"({own} OR id IN (SELECT report_id FROM volumes_membersheet WHERE {own}))"


def total_sql(world: World, actor: str) -> str:
    """Sums of the authority's own region; of units and agencies none."""
    return region_sql(*REGIONS[actor]) if actor in REGIONS else "false"


def member_sheet_sql(world: World, actor: str) -> str:
    """By the party rule, and the members' of a lead's report."""
    if actor not in HOSPITALS:
        return party_sql(world, actor)
    own = own_sql("institution_id", world, HOSPITALS[actor])
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
    "tasks": (visible_tasks, task_sql),
    "announcements": (visible_announcements, announcement_sql),
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
CASES |= CATALOG_CASES | report_cases(entry_sql, subject_sql) | LEAD_CASES | SANCTION_CASES


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
