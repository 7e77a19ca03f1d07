"""What a red or yellow mark means at ordering (S0-二(六)a)."""

from __future__ import annotations

from typing import Protocol

from core.transitions.verdict import ALLOWED, Verdict


class Marked(Protocol):
    """A mark with its figures."""

    level: str
    ratio: object
    threshold: object


def ordering_verdict(mark: Marked) -> Verdict:
    """Red asks for a second confirmation; yellow is only shown."""
    if mark.level != "red":
        return ALLOWED
    return Verdict(
        False,
        f"该产品为红标：价格是参照价的 {mark.ratio:.2f} 倍，超过 {mark.threshold:g} 倍，"
        "须再次确认后才能下单",
        "S0-二(六)a",
    )
