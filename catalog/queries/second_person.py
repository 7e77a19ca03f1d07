"""What somebody is to a proposal about a batch: its proposer, or one who may decide on it."""

from __future__ import annotations

from catalog.models import Batch
from catalog.rules.batches import CONFIRMING_ROLES, PROPOSING_ROLES, changes_batches
from catalog.states.two_people import CONFIRMER, PROPOSER
from core.transitions import Verdict
from organisations.queries.scope import Scope


def may_change_batch(scope: Scope, batch: Batch) -> Verdict:
    """Whether this person may propose something about the batch; reads the batch's policy."""
    return changes_batches(
        is_own_province_bureau=of_own_province(scope, batch.policy.province_code),
        has_role=scope.has_role(*PROPOSING_ROLES),
    )


def of_own_province(scope: Scope, province_code: str) -> bool:
    return scope.is_province_bureau and scope.province_code == province_code


def standings(scope: Scope, province_code: str, proposed_by_id: int | None) -> frozenset[str]:
    """Nobody confirms what they proposed themselves."""
    if not of_own_province(scope, province_code):
        return frozenset()
    if scope.user_id == proposed_by_id:
        return frozenset({PROPOSER})
    return frozenset({CONFIRMER}) if scope.has_role(*CONFIRMING_ROLES) else frozenset()
