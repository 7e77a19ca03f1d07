"""Packs are counted: a number of them is whole, wherever one is ordered, sent, lent or taken in."""

from __future__ import annotations

from decimal import Decimal

from core.transitions import ALLOWED, Verdict


def whole_packs(packs: Decimal, *, act: str, label: str, clause: str) -> Verdict:
    """`act` is what is done with them, `label` the number as the page names it."""
    if packs == packs.to_integral_value():
        return ALLOWED
    return Verdict(False, f"按整包装{act}：{label}应为整数", clause)


def whole_as(of: Decimal, packs: Decimal, *, act: str, label: str, clause: str) -> Verdict:
    """Whole packs where `of`, that they are a part of, is whole; a loaded row may have a part of one."""
    if of != of.to_integral_value():
        return ALLOWED
    return whole_packs(packs, act=act, label=label, clause=clause)
