"""Which entries people may ask to take back."""

from __future__ import annotations

from core.transitions import ALLOWED, Verdict
from settlement.states.reversal import CLAUSE

REVERSIBLE = ("deduction", "prepayment.offset", "prepayment.returned")
"""Bookings that stand for themselves; the others belong to a paper that would say otherwise."""


def may_reverse(*, event_kind: str, is_reversal: bool, reversed_before: bool) -> Verdict:
    """A deduction, an offset or a return of a prepayment, once."""
    if is_reversal:
        return Verdict(False, "冲销分录不能再冲销；需要时按正确的金额重新登记", CLAUSE)
    if reversed_before:
        return Verdict(False, "这笔分录已经冲销", CLAUSE)
    if event_kind.startswith(("statement.", "bank.", "advance.", "institution.")):
        return Verdict(
            False,
            "结算单的应付和付款不能单独冲销：退货、更正和差错在下一期结算单以调整行体现",
            CLAUSE,
        )
    if event_kind not in REVERSIBLE:
        return Verdict(False, "这笔分录随业务单据走，不能单独冲销：请在来源单据上办理", CLAUSE)
    return ALLOWED
