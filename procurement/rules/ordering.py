"""What may be on an order, and when an ordered quantity is out of the ordinary."""

from __future__ import annotations

from decimal import Decimal

from procurement.rules.packs import whole_packs

CLAUSE = "赣医保字〔2024〕22号 十六"
ABNORMAL_CLAUSE = "鲁 指标七"
REASON_CLAUSE = "赣医保字〔2024〕22号 六"
MOST_LINES = 500
LONGEST_CLIENT_NO = 90
"""Ten signs are left for the endings of the orders that one submission becomes."""
USUAL_MONTHS = 12
MIN_MONTHS = 3


def is_abnormal(quantity: Decimal, ordered: Decimal, months: int, multiple: Decimal | None) -> bool:
    """More than `multiple` × the mean month; the indicator abnormal_order_rate has the same rule.

    `quantity` and `ordered` (of the 12 calendar months before) are base units, `months` how many
    of them have an order; fewer than 3 tell nothing. Without a multiple in force nothing is.
    """
    if multiple is None or months < MIN_MONTHS:
        return False
    return quantity * USUAL_MONTHS > multiple * ordered


def packs_fault(packs: Decimal) -> str:
    """Why a number of packs cannot be ordered; empty when it can."""
    if packs <= 0:
        return "订购包装数应大于 0"
    whole = whole_packs(packs, act="订购", label="订购包装数", clause=CLAUSE)
    if not whole:
        return whole.reason
    if packs >= Decimal("100000000"):
        return "订购包装数过大，请核对单位"
    return ""
