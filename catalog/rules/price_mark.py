"""What a red or yellow mark means at ordering (S0-二(六)a)."""

from __future__ import annotations

from decimal import Decimal

from core.transitions.verdict import ALLOWED, Verdict


def ordering_verdict(level: str, ratio: Decimal, threshold: Decimal) -> Verdict:
    """Red asks for a second confirmation; yellow is only shown."""
    if level != "red":
        return ALLOWED
    return Verdict(
        False,
        f"该产品为红标：价格是参照价的 {ratio:.2f} 倍，超过 {threshold.normalize():f} 倍，"
        "须再次确认后才能下单",
        "S0-二(六)a",
    )
