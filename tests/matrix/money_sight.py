"""What each actor sees of money, as hand-written SQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from organisations.queries.scope import Scope
from settlement.queries.ledger import (
    visible_ledger_accounts,
    visible_ledger_entries,
    visible_postings,
)
from settlement.queries.prepayments import visible_prepayments
from settlement.queries.reversals import visible_ledger_reversals
from settlement.queries.statements import (
    visible_bank_orders,
    visible_deductions,
    visible_statement_checks,
    visible_statement_lines,
    visible_statements,
)
from tests.matrix.contact_sight import OF as HOSPITALS
from tests.matrix.world import World

PLACES = {
    "county_x": "860101",
    "county_y": "860102",
    "city_p": "8601",
    "city_q": "8602",
    "province": "86",
    "finance_p": "8601",
}


def money_sql(
    world: World, actor: str, *, pool: str = "pool_id", payee: str = "false", own: str = "false"
) -> str:
    """The pool's agency, bureaus and finance offices over its region, the payee, the institution.

    `{ids}` in `payee` and `own` stands for the actor's organisation.
    """
    if actor in HOSPITALS:
        return own.format(ids=getattr(world.places, HOSPITALS[actor]).pk)
    if actor in ("m1", "m2", "d1", "d2"):
        return payee.format(ids=getattr(world.places, actor).pk)
    if actor == "agency_p":
        return f"{pool} = {world.places.agency_p.pool_id}"
    if actor in PLACES:
        return (
            f"{pool} IN (SELECT p.id FROM organisations_pool p JOIN organisations_region r"
            f" ON r.id = p.region_id WHERE r.code LIKE '{PLACES[actor]}%')"
        )
    return "false"


OF_STATEMENT = "(SELECT pool_id FROM settlement_statement s WHERE s.id = statement_id)"
PAYEE_OF = "(SELECT payee_id FROM settlement_statement s WHERE s.id = statement_id) = {ids}"


def statement_sql(world: World, actor: str) -> str:
    lines = "SELECT statement_id FROM settlement_statementline WHERE institution_id"
    return money_sql(world, actor, payee="payee_id = {ids}", own=f"id IN ({lines} = {{ids}})")


def statement_part_sql(world: World, actor: str) -> str:
    return money_sql(world, actor, pool=OF_STATEMENT, payee=PAYEE_OF, own="institution_id = {ids}")


def ledger_account_sql(world: World, actor: str) -> str:
    return money_sql(world, actor, payee="enterprise_id = {ids}", own="institution_id = {ids}")


def posting_sql(world: World, actor: str) -> str:
    return f"account_id IN (SELECT id FROM settlement_ledgeraccount WHERE {ledger_account_sql(world, actor)})"


def ledger_entry_sql(world: World, actor: str) -> str:
    return f"id IN (SELECT entry_id FROM settlement_posting WHERE {posting_sql(world, actor)})"


MONEY_CASES: dict[str, tuple[Callable[[Scope], Any], Callable[[World, str], str]]] = {
    "statements": (visible_statements, statement_sql),
    "statement lines": (visible_statement_lines, statement_part_sql),
    "statement checks": (visible_statement_checks, statement_part_sql),
    "bank orders": (visible_bank_orders, lambda w, a: money_sql(w, a, pool=OF_STATEMENT)),
    "deductions": (visible_deductions, lambda w, a: money_sql(w, a, own="institution_id = {ids}")),
    "prepayments": (
        visible_prepayments,
        lambda w, a: money_sql(w, a, payee="enterprise_id = {ids}", own="institution_id = {ids}"),
    ),
    "ledger reversals": (
        visible_ledger_reversals,
        lambda w, a: money_sql(
            w, a, pool="(SELECT e.pool_id FROM settlement_ledgerentry e WHERE e.id = entry_id)"
        ),
    ),
    "ledger accounts": (visible_ledger_accounts, ledger_account_sql),
    "ledger entries": (visible_ledger_entries, ledger_entry_sql),
    "postings": (visible_postings, posting_sql),
}
