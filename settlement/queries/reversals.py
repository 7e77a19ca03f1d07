"""Who sees asked reversals, who asks and who agrees."""

from __future__ import annotations

from django.db.models import QuerySet

from core.transitions import ALLOWED, Verdict
from organisations.queries.scope import Scope
from organisations.queries.visibility import within
from settlement.models import LedgerEntry, LedgerReversal
from settlement.queries.statements import APPROVERS, CLERKS, PAYERS, pool_side
from settlement.rules.reversals import may_reverse
from settlement.states.reversal import APPROVER, CLAUSE


def visible_ledger_reversals(scope: Scope) -> QuerySet[LedgerReversal]:
    """The pool's side alone; the parties see the entry that comes of it."""
    return within(scope, LedgerReversal.objects.all(), pool_side(scope, "entry__"))


def asks_reversals(scope: Scope, entry: LedgerEntry) -> Verdict:
    """The pool's agency, or clerks of the bureau of its region."""
    agency = scope.kind == "agency" and scope.pool_id == entry.pool_id and scope.has_role(*PAYERS)
    bureau = scope.is_bureau and scope.region_id == entry.pool.region_id and scope.has_role(*CLERKS)
    if agency or bureau:
        return ALLOWED
    return Verdict(False, "冲销由统筹区经办机构或医保局的经办人申请", CLAUSE)


def reversal_standings(scope: Scope, row: LedgerReversal) -> frozenset[str]:
    """Reviewers and leaders of the pool's bureau, but not whoever asked. Reads the entry's pool."""
    office = scope.is_bureau and scope.region_id == row.entry.pool.region_id
    if office and scope.has_role(*APPROVERS) and scope.user_id != row.asked_by_id:
        return frozenset({APPROVER})
    return frozenset()


def open_reversal(entry: LedgerEntry) -> LedgerReversal | None:
    """The request that waits or was carried out; None where there is none."""
    rows = LedgerReversal.objects.filter(entry=entry).exclude(state="refused")
    return rows.select_related("entry__pool").first()


def reversible(entry: LedgerEntry) -> Verdict:
    """Whether the entry may be taken back now, whoever asks."""
    return may_reverse(
        event_kind=entry.event_kind, is_reversal=entry.reverses_id is not None,
        reversed_before=LedgerEntry.objects.filter(reverses=entry).exists(),
    )  # fmt: skip
