"""Who signs, refuses, changes and ends agreements; until when; and how much a renewal asks."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from core.transitions import ALLOWED, Verdict

CLAUSE = "赣医保字〔2024〕22号 二"
RENEWAL_CLAUSE = "陕 三"
OFFICERS = ("clerk", "reviewer", "leader")
SIGNER_ROLE = "leader"
MOST_SIGNED = 500
"""Signed by one act; inbox's bulk acts allow more, a leader should not."""


def sign_by(starts_on: date) -> date:
    """The last day for signing: the day before the agreement year begins (S2-2.1)."""
    return starts_on - timedelta(days=1)


def signs(*, has_role: bool, word: str) -> Verdict:
    """Only a leader binds the organisation."""
    if not has_role:
        return Verdict(False, f"协议由{word}的负责人签署，请联系本单位负责人（法定代表人）", CLAUSE)
    return ALLOWED


def may_still_sign(*, on: date, ends_on: date) -> Verdict:
    """Late signing is possible, and listed as late; not after the year it is for."""
    if on > ends_on:
        return Verdict(
            False, f"采购年度已于 {ends_on:%Y-%m-%d} 结束，不能再签署；请签署下一年度的协议", CLAUSE
        )
    return ALLOWED


def renewal_is_explained(
    *, quantity: Decimal, last: Decimal | None, least: Decimal | None, explanation: str
) -> Verdict:
    """A renewal below `least` × last year's with the same manufacturer needs an explanation."""
    if last is None or least is None or quantity >= last * least or explanation.strip():
        return ALLOWED
    return Verdict(
        False,
        f"续签数量 {quantity.normalize():f} 低于上年度约定采购量 {last.normalize():f} 的"
        f" {least.normalize():f} 倍，请填写说明",
        RENEWAL_CLAUSE,
    )
