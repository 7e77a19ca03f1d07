"""Changes of values: read by everyone of the trade once confirmed, before that by the bureau."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from core.transitions import Offer, Verdict
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, within
from policy.models import Policy, ValueChange
from policy.queries.parse import parse_value
from policy.queries.words import value_words
from policy.rules import CONFIRMING_ROLES, PROPOSING_ROLES, proposes_change
from policy.states import CHANGE_MACHINE, CONFIRMER, PROPOSER, ChangeState

LEVELS = {
    "proposed": "yellow",
    "confirmed": "green",
    "returned": "orange",
    "withdrawn": "grey",
    "revoked": "grey",
}


def visible_changes(scope: Scope) -> QuerySet[ValueChange]:
    """The changes of the policies of one's own province, for its bureau."""
    seen = Q(policy__province_code=scope.province_code) if scope.is_province_bureau else NOTHING
    return within(scope, ValueChange.objects.all(), seen)


def may_propose(scope: Scope, policy: Policy) -> Verdict:
    """Whether this person may propose a change of the policy's values."""
    return proposes_change(
        is_own_province_bureau=_own(scope, policy), has_role=scope.has_role(*PROPOSING_ROLES)
    )


def change_standings(scope: Scope, change: ValueChange) -> frozenset[str]:
    """What this person is to the change: its proposer, or one who may decide on it."""
    if not _own(scope, change.policy):
        return frozenset()
    if scope.user_id == change.proposed_by_id:
        return frozenset({PROPOSER})
    return frozenset({CONFIRMER}) if scope.has_role(*CONFIRMING_ROLES) else frozenset()


def _own(scope: Scope, policy: Policy) -> bool:
    return scope.is_province_bureau and scope.province_code == policy.province_code


@dataclass(frozen=True)
class ChangeRow:
    """One change in words."""

    change: ValueChange
    before: str
    after: str
    label: str
    level: str


def change_row(change: ValueChange, on: date) -> ChangeRow:
    """`on` tells a confirmed value that is still to come from one in force."""
    label, level = change.get_state_display(), LEVELS[change.state]
    if change.state == ChangeState.CONFIRMED:
        label = "已生效" if change.valid_from <= on else "待生效"
        level = "green" if change.valid_from <= on else "blue"
    return ChangeRow(
        change, _words(change, change.before), _words(change, change.value), label, level
    )


def _words(change: ValueChange, text: str | None) -> str:
    parameter = change.parameter
    return value_words(parameter, None if text is None else parse_value(parameter.key, text))


def offered_steps(scope: Scope, change: ValueChange) -> list[Offer]:
    """The steps that concern this person, with their verdicts; for the page's buttons."""
    return CHANGE_MACHINE.offers(change, change_standings(scope, change))
