"""Hand-written SQL of who sees stock reports, surge cases, transfers and differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from organisations.queries.scope import Scope
from procurement.queries.auto_accept import visible_auto_acceptances
from procurement.queries.emergency_purchases import visible_emergency_purchases
from procurement.queries.offline_purchases import visible_offline_purchases
from procurement.queries.progress_differences import visible_differences
from procurement.queries.recalls import visible_recall_holders
from procurement.queries.supply_side import (
    visible_invoice_items,
    visible_invoices,
    visible_stock_reports,
    visible_surge_cases,
    visible_transfers,
)
from procurement.queries.surge import visible_surge_reports
from tests.matrix.world import World

Sql = Callable[[World, str], str]

OF_PROVINCE = "(SELECT id FROM organisations_region WHERE code = '860000')"
CITIES = {"city_p": "860100", "city_q": "860200", "county_x": "860100", "county_y": "860100",
          "health_x": "860100", "finance_p": "860100", "agency_p": "860100",
          "a_clerk": "860100", "a_reviewer": "860100", "a_accountant": "860100",
          "token": "860100", "b_clerk": "860100", "c_clerk": "860200"}  # fmt: skip
LENDERS = {"a_clerk": "a", "a_reviewer": "a", "a_accountant": "a", "token": "a", "b_clerk": "b",
           "c_clerk": "c"}  # fmt: skip
COUNTIES = {"county_x": "860101", "county_y": "860102", "health_x": "860101"}
OF_CITIES = {"city_p": "860100", "city_q": "860200", "finance_p": "860100"}


def difference_sql(world: World, actor: str) -> str:
    return "true" if actor == "sysadmin" else "false"


def stock_sql(world: World, actor: str) -> str:
    """Own ones; a bureau's: products selected for its province or a city of it."""
    if actor in ("m1", "m2"):
        return f"manufacturer_id = {getattr(world.places, actor).pk}"
    if actor not in ("county_x", "county_y", "city_p", "city_q", "province"):
        return "false"
    return (
        "product_id IN (SELECT s.product_id FROM catalog_selection s"
        " JOIN organisations_region r ON r.id = s.region_id"
        f" WHERE r.id = {OF_PROVINCE} OR r.parent_id = {OF_PROVINCE})"
    )


def surge_case_sql(world: World, actor: str) -> str:
    """Every enterprise; else the case's city, or its province where it has none."""
    if actor in ("m1", "m2", "d1", "d2"):
        return "true"
    if actor in ("province", "regulator"):
        return f"province_id = {OF_PROVINCE}"
    if actor not in CITIES:
        return "false"
    city = f"(SELECT id FROM organisations_region WHERE code = '{CITIES[actor]}')"
    return f"province_id = {OF_PROVINCE} AND (city_id IS NULL OR city_id = {city})"


def transfer_sql(world: World, actor: str, borrowed: str) -> str:
    """The borrower's sight, and the lender's."""
    if actor in LENDERS:
        return f"({borrowed} OR lender_id = {getattr(world.places, LENDERS[actor]).pk})"
    for column, places in (("lender_county_id", COUNTIES), ("lender_city_id", OF_CITIES)):
        if actor in places:
            region = f"(SELECT id FROM organisations_region WHERE code = '{places[actor]}')"
            return f"({borrowed} OR {column} = {region})"
    return borrowed


def supply_side_cases(party_sql: Sql) -> dict[str, tuple[Callable[[Scope], Any], Sql]]:
    """For CASES: the queries, each with its SQL; `party_sql` is that of rows with party stamps."""
    return {
        "recall holders": (visible_recall_holders, party_sql),
        "surge reports": (visible_surge_reports, party_sql),
        "emergency purchases": (visible_emergency_purchases, party_sql),
        "offline purchases": (visible_offline_purchases, party_sql),
        "announced acceptances": (visible_auto_acceptances, party_sql),
        "differences": (visible_differences, difference_sql),
        "stock reports": (visible_stock_reports, stock_sql),
        "invoices": (visible_invoices, party_sql),
        "invoice items": (visible_invoice_items, party_sql),
        "surge cases": (visible_surge_cases, surge_case_sql),
        "transfers": (visible_transfers, lambda w, a: transfer_sql(w, a, party_sql(w, a))),
    }
