"""payment_on_time_rate: what was settled by its due date of what was accepted on selected lines."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction

from ..dataset import Receipt
from ..periods import month_end
from ..rows import Key, Row, Tally, rounded, with_regions
from ..world import LineKey, World

CENT = Decimal("0.01")
Credit = tuple[date, Fraction]


def credits_by_line(world: World) -> dict[LineKey, list[Credit]]:
    """Payments and returns of each line with their day; whoever paid, whatever batch was named."""
    settled_by: dict[LineKey, list[Credit]] = defaultdict(list)
    for payment in world.data.payments:
        if payment.order_no and payment.line_no:
            settled_by[payment.order_no, payment.line_no].append(
                (payment.paid_on, Fraction(payment.amount))
            )
    for returned in world.data.returns:
        key = returned.order_no, returned.line_no
        settled_by[key].append((returned.returned_at.date(), amount(world, key, returned.packs)))
    return settled_by


def amount(world: World, line_key: LineKey, packs: Decimal) -> Fraction:
    """packs × unit_price, held to 0.01."""
    return Fraction(rounded(Fraction(packs) * Fraction(world.lines[line_key].unit_price), CENT))


def due_date(world: World, line_key: LineKey, receipt: Receipt) -> date | None:
    """The end of the Nth month after the one of received_at; None: not accepted on a selected line."""
    line = world.lines[line_key]
    received_on = receipt.received_at.date()
    roles = world.line_roles(line, world.orders[line.order_no].institution_code, received_on)
    selected_in = [batch_code for batch_code, role in roles.items() if role == "selected"]
    if not selected_in:
        return None
    return month_end(received_on, int(world.batch_terms(selected_in[0]).value("payment_due")))


def payment_on_time_rate(world: World) -> list[Row]:
    settled_by = credits_by_line(world)
    receipts: dict[LineKey, list[Receipt]] = defaultdict(list)
    for receipt in world.data.receipts:
        receipts[receipt.order_no, receipt.line_no].append(receipt)
    tally = Tally()
    for line_key, line_receipts in receipts.items():
        unit = world.unit_of_order(world.orders[line_key[0]])
        owed = Fraction(0)
        for receipt in sorted(line_receipts, key=lambda receipt: receipt.received_at):
            owed_before = owed
            owed += amount(world, line_key, receipt.accepted_packs)
            due = due_date(world, line_key, receipt)
            if due is None or not world.month.window.holds_day(due):
                continue
            paid = sum((credit for day, credit in settled_by[line_key] if day <= due), Fraction(0))
            settled = min(paid, owed) - min(paid, owed_before)
            tally.add(
                Key("payment_on_time_rate", "month", "institution", unit),
                settled,
                owed - owed_before,
            )
    return with_regions(world, list(tally.rows()))
