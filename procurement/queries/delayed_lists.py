"""延迟响应清单: who stands how to one, and its rows with what became of their lines."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from core.transitions import ALLOWED, Verdict
from organisations.queries.scope import Scope
from procurement.models import DelayedList, DelayedRow, LineProgress
from procurement.queries.shipping import dispatches
from procurement.queries.visible import visible_delayed_rows
from procurement.states.delayed_list import BUREAU, DISTRIBUTOR
from procurement.states.order_line import LINE_MACHINE, RESPONSE_CLAUSE

OFFICERS = ("clerk", "reviewer", "leader")


def delayed_standings(scope: Scope, row: DelayedList) -> frozenset[str]:
    """The distributor's dispatchers, and officers of the bureaus of the list's regions."""
    held = set()
    if row.distributor_id == scope.organisation_id and dispatches(scope):
        held.add(DISTRIBUTOR)
    regions = {row.county_id, row.city_id, row.province_id}
    if scope.is_bureau and scope.region_id in regions and scope.has_role(*OFFICERS):
        held.add(BUREAU)
    return frozenset(held)


def has_lists(scope: Scope) -> bool:
    """Distributors and the authorities that see lists; others only meet their lines' rows."""
    return scope.is_business and (
        (scope.kind == "enterprise" and scope.is_distributor) or scope.is_region_authority
    )


def may_read_lists(scope: Scope) -> Verdict:
    if has_lists(scope):
        return ALLOWED
    return Verdict(False, "延迟响应清单由配送企业和医保局办理", RESPONSE_CLAUSE)


def rows_of_list(scope: Scope, row: DelayedList) -> QuerySet[DelayedRow]:
    return (
        visible_delayed_rows(scope)
        .filter(delayed_list=row)
        .select_related("institution", "product")
        .order_by("due_at", "id")
    )


def with_states(rows: list[DelayedRow]) -> list[DelayedRow]:
    """Each row with `state_now`, the word for its line's present state; one query."""
    states = dict(
        LineProgress.objects.filter(line_id__in=[row.line_id for row in rows])
        .values_list("line_id", "state")
    )  # fmt: skip
    for row in rows:
        each: Any = row
        each.state_now = LINE_MACHINE.state_labels.get(states.get(row.line_id, ""), "")
    return rows
