"""receipt_overdue_rate: deliveries not received within receipt_workdays."""

from __future__ import annotations

from datetime import datetime

from ..periods import nth_workday_after
from ..rows import Key, Row, Tally, with_regions
from ..world import World


def receipt_overdue_rate(world: World) -> list[Row]:
    """Deliveries of all lines; a wholly refused receipt is a receipt."""
    first_receipt: dict[tuple[str, str, str], datetime] = {}
    for receipt in world.data.receipts:
        key = receipt.order_no, receipt.line_no, receipt.delivery_no
        first_receipt[key] = min(receipt.received_at, first_receipt.get(key, receipt.received_at))
    days = int(world.province_terms().value("receipt_workdays"))
    tally = Tally()
    for delivery in world.data.deliveries:
        if delivery.delivered_at is None:
            continue
        deadline = nth_workday_after(delivery.delivered_at.date(), days, world.month.last_day)
        if deadline is None or not world.month.window.holds_day(deadline):
            continue
        received_at = first_receipt.get((delivery.order_no, delivery.line_no, delivery.delivery_no))
        overdue = 0 if received_at and received_at.date() <= deadline else 1
        unit = world.unit_of_order(world.orders[delivery.order_no])
        tally.add(Key("receipt_overdue_rate", "month", "institution", unit), overdue, 1)
    return with_regions(world, list(tally.rows()))
