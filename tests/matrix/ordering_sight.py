"""Queries of ordering and the hand-written SQL of who sees their rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from organisations.queries.scope import Scope
from procurement.queries.clinical_reviews import visible_clinical_reviews
from procurement.queries.column_names import visible_column_mappings
from procurement.queries.negotiations import visible_negotiations
from procurement.queries.ordering import (
    visible_cart_lines,
    visible_carts,
    visible_clinical_reasons,
    visible_order_templates,
    visible_ordering_settings,
    visible_receiving_places,
)
from procurement.queries.planning import visible_plan_lines, visible_plans
from tests.matrix.world import World

Sql = Callable[[World, str], str]


OWNERS = {"a_clerk": "a", "a_reviewer": "a", "a_accountant": "a", "token": "a", "b_clerk": "b",
          "c_clerk": "c", "d1": "d1", "d2": "d2"}  # fmt: skip


def layout_sql(world: World, actor: str) -> str:
    """The own organisation's, of who uploads at all."""
    if actor not in OWNERS:
        return "false"
    return f"organisation_id = {getattr(world.places, OWNERS[actor]).pk}"


def ordering_cases(
    party_sql: Sql, inside_sql: Sql
) -> dict[str, tuple[Callable[[Scope], Any], Sql]]:
    """For CASES; `party_sql` is that of rows with party stamps, `inside_sql` of an own affair."""
    return {
        "carts": (visible_carts, inside_sql),
        "cart lines": (
            visible_cart_lines,
            lambda world, actor: (
                f"cart_id IN (SELECT id FROM procurement_cart WHERE {inside_sql(world, actor)})"
            ),
        ),
        "plans": (visible_plans, inside_sql),
        "plan lines": (
            visible_plan_lines,
            lambda world, actor: (
                "plan_id IN (SELECT id FROM procurement_procurementplan"
                f" WHERE {inside_sql(world, actor)})"
            ),
        ),
        "negotiations": (visible_negotiations, party_sql),
        "order templates": (visible_order_templates, inside_sql),
        "receiving places": (visible_receiving_places, inside_sql),
        "ordering settings": (visible_ordering_settings, inside_sql),
        "column mappings": (visible_column_mappings, layout_sql),
        "clinical reviews": (visible_clinical_reviews, party_sql),
        "clinical reasons": (visible_clinical_reasons, party_sql),
    }
