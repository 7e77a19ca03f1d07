"""All rows of a month's indicators export."""

from __future__ import annotations

from .rows import Row
from .terms import (
    abnormal,
    amounts,
    complaints,
    completion,
    payments,
    receiving,
    reports,
    shares,
    substitutes,
    supply,
)
from .world import World

FAMILIES = (
    reports.report_deviation,
    reports.signing_rate,
    completion.completion,
    shares.non_selected_share,
    shares.unreported_share,
    amounts.selected_amount_share,
    substitutes.substitute_ratio,
    supply.supply,
    complaints.complaints,
    receiving.receipt_overdue_rate,
    abnormal.abnormal_order_rate,
    payments.payment_on_time_rate,
)


def indicators(world: World) -> list[Row]:
    """Sorted by all key columns, as text."""
    rows = [row for family in FAMILIES for row in family(world)]
    return sorted(rows, key=lambda row: row.key)
