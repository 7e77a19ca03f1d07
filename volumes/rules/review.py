"""When a bureau may pass a report, and what a returned line has to say."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from core.transitions.verdict import ALLOWED, Verdict
from volumes.rules.window import moment
from volumes.states.reasons import ReturnReason

CLAUSE = "赣2024 十二"


def may_pass(*, unjudged: int, returned: int) -> Verdict:
    """Nothing beyond the limits is passed unread, nothing that was returned is passed at all."""
    if returned:
        return Verdict(
            False, f"有 {returned} 个品种已判为退回：请退回报量，或把这些品种改判为通过", CLAUSE
        )
    if unjudged:
        return Verdict(False, f"有 {unjudged} 个品种偏差超过限度：请先逐个判为通过或退回", CLAUSE)
    return ALLOWED


def may_judge(verdict: str, reasons: Collection[str], note: str) -> Verdict:
    """A return names its reasons by code; 'other' in words."""
    if verdict != "returned":
        return ALLOWED
    if not reasons:
        return Verdict(False, "退回品种须选择原因", CLAUSE)
    if ReturnReason.OTHER in reasons and not note.strip():
        return Verdict(False, "原因为“其他”的，请写明意见", CLAUSE)
    return ALLOWED


def may_reopen(*, at: datetime, window_ends: datetime, until: datetime | None) -> Verdict:
    """After the window a returned report can be mended only where the bureau names a new end."""
    if until is not None and until <= at:
        return Verdict(False, "重新开放的截止时间须晚于现在")
    if at >= window_ends and until is None:
        return Verdict(
            False,
            f"填报已于 {moment(window_ends)} 截止：退回时须同时写明重新开放到何时",
            CLAUSE,
        )
    return ALLOWED
