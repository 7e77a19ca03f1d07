"""Recorded payments of order lines: settlement pays, this is where supply and indicators see it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import DecimalField, F, Sum
from django.db.models.functions import Round

from core.audit.record import Actor, NewEvent, record_many
from core.operations import operation
from procurement.models import OrderLine, Payment, Receipt, Return
from procurement.operations.line_progress import advance, lines_of, lock_lines
from procurement.states.order_line import CLOCK

ZERO = Decimal(0)
AMOUNT: DecimalField[Decimal, Decimal] = DecimalField(max_digits=20, decimal_places=2)


@dataclass(frozen=True)
class LinePaid:
    """Yuan paid for one order line, by the line's whole key; below 0 what came back of it."""

    payment_no: str
    line_id: int
    ordered_at: datetime
    enterprise_id: int
    amount: Decimal


@operation
def record_payments(
    *, rows: Sequence[LinePaid], payer: str, paid_on: date, by: Actor, at: datetime
) -> list[Payment]:
    """Write what was paid for lines; lines that are thereby paid are completed.

    Amounts below 0 came back from the bank: completed lines that they leave unpaid are received
    again. payer: a value of Payment.Payer. The stamps are the line's. Lines are locked in order
    first.
    """
    keys = {(row.line_id, row.ordered_at) for row in rows}
    held = lock_lines(keys=keys)
    lines = lines_of(held)
    made = Payment.objects.bulk_create(
        _payment(row, lines[row.line_id], payer, paid_on) for row in rows
    )
    record_many(
        [
            NewEvent(
                action="payment.record", object_type="payment", object_key=row.payment_no,
                object_label=row.payment_no,
                detail={"amount": f"{row.amount:f}", "paid_on": f"{paid_on}", "payer": payer},
            )
            for row in made
        ],
        by=by, at=at,
    )  # fmt: skip
    sums = Payment.objects.filter(line_id__in=lines).values_list("line_id")
    paid, worth = dict(sums.annotate(total=Sum("amount"))), _worth(lines)
    back = {row.line_id for row in rows if row.amount < 0}
    ended, opened = [], []
    for row in held:
        whole = paid.get(row.line_id, ZERO) >= worth.get(row.line_id, ZERO)
        if row.state == "received" and whole:
            ended.append(row)
        elif row.state == "completed" and row.line_id in back and not whole:
            opened.append(row)
    for act, found in (("complete", ended), ("reopen", opened)):
        if found:
            standings = {row.line_id: frozenset({CLOCK}) for row in found}
            advance(found, act=act, by=by, at=at, standings=standings)
    return made


def _worth(lines: Mapping[int, OrderLine]) -> dict[int, Decimal]:
    """Yuan accepted less yuan sent back by line, each receipt and return held to 0.01 as it is stated.

    Rounding their sum instead would ask for a cent that nobody is ever owed.
    """
    since = min(line.ordered_at for line in lines.values())
    taken = Receipt.objects.filter(line_id__in=lines, received_at__gte=since)
    back = Return.objects.filter(line_id__in=lines, returned_at__gte=since)
    found: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for rows, packs, sign in ((taken, "accepted_packs", 1), (back, "packs", -1)):
        amount = Round(F(packs) * F("unit_price"), precision=2, output_field=AMOUNT)
        for line_id, total in rows.values_list("line_id").annotate(total=Sum(amount)):
            found[line_id] += sign * total
    return found


def _payment(row: LinePaid, line: OrderLine, payer: str, paid_on: date) -> Payment:
    return Payment(
        payment_no=row.payment_no, enterprise_id=row.enterprise_id, batch_id=line.batch_id,
        order_id=line.order_id, line_no=line.line_no, line_id=line.pk, ordered_at=line.ordered_at,
        amount=row.amount, paid_on=paid_on, payer=payer, institution_id=line.institution_id,
        manufacturer_id=line.manufacturer_id, distributor_id=line.distributor_id,
        county_id=line.county_id, city_id=line.city_id, province_id=line.province_id,
        pool_id=line.pool_id,
    )  # fmt: skip
