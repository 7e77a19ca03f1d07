"""The state of an order line as its quantities and answers make it; line_facts.sql is its twin."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True)
class LineFacts:
    """Sums in packs; `closed` says that what was not shipped will not come any more.

    `paid` and `unit_price` are yuan: a line whose accepted packs less returns are paid is complete.
    """

    packs: Decimal
    response: str = ""
    cancelled: bool = False
    closed: bool = False
    shipped: Decimal = ZERO
    delivered: Decimal = ZERO
    accepted: Decimal = ZERO
    refused: Decimal = ZERO
    returned: Decimal = ZERO
    unit_price: Decimal = ZERO
    paid: Decimal = ZERO


def state_of(facts: LineFacts) -> str:
    """One of LineState's values."""
    if facts.cancelled:
        return "cancelled"
    if facts.response == "rejected":
        return "rejected"
    if not facts.shipped:
        if facts.closed:
            return "voided"
        return "confirmed" if facts.response else "sent"
    # More than was ordered may be shipped within the tolerance: all that was shipped is to come.
    expected = facts.shipped if facts.closed else max(facts.packs, facts.shipped)
    if not facts.delivered:
        return "part_shipped" if facts.shipped < expected else "shipped"
    if facts.delivered < expected:
        return "part_delivered"
    if facts.accepted + facts.refused < facts.delivered:
        return "delivered"
    owed = (facts.accepted - facts.returned) * facts.unit_price
    return "completed" if facts.paid >= owed else "received"
