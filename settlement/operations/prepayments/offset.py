"""Use prepayments up in step with purchases; the calendar does it, as often as it is run."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from core.audit.record import Actor
from core.operations import operation
from settlement.models import LedgerEntry, Prepayment
from settlement.operations.ledger import EventKey, LedgerLine, Source, post
from settlement.operations.prepayments.decide import locked
from settlement.operations.prepayments.telling import ask_for_the_rest, tell_prepayment, whose
from settlement.queries.accepted import accepted_selected
from settlement.queries.facts import month_after
from settlement.queries.prepayments import advances_from, left_of, year_of_prepayment
from settlement.states.ledger import Purpose, SourceKind
from settlement.states.prepayment import CLOCK, PREPAYMENT_MACHINE

CENT = Decimal("0.01")
ZERO = Decimal(0)
OFFSET = "prepayment.offset"
Kind = Prepayment.Kind


@operation
def follow_prepayments(*, on: date, by: Actor, at: datetime) -> tuple[int, int]:
    """Offset every ended month of what was paid, settle what is used up, ask for rests of years
    that are over. Gives (entries, settled); run again it finds nothing new.
    """
    entries = settled = 0
    # Suppliers' first: what they drew of the agency's working capital counts there.
    rows = Prepayment.objects.filter(state="paid").order_by("-kind", "pk")
    for pk in list(rows.values_list("pk", flat=True)):
        row = locked(Prepayment(pk=pk))
        entries += offset_months(row, on=on, by=by, at=at)
        if settle_used_up(row, by=by, at=at):
            settled += 1
        elif on > year_of_prepayment(row).ends_on:
            ask_for_the_rest(row, at)
    return entries, settled


def offset_months(row: Prepayment, *, on: date, by: Actor, at: datetime) -> int:
    """Book the ended months of a locked, paid one, from the month of payment; each month once.

    Of a month: its accepted selected amount, less returns, × ratio, rounded half up, and no more
    than is left. What suppliers were advanced for the month out of the agency's counts towards it.
    """
    if row.kind == Kind.SUPPLIER or row.paid_on is None or row.state != "paid":
        return 0
    year = year_of_prepayment(row)
    month = max(row.paid_on, year.starts_on).replace(day=1)
    booked = set(
        LedgerEntry.objects.filter(
            event_kind=OFFSET, source_kind=SourceKind.PREPAYMENT, source_id=row.pk
        ).values_list("event_identity", flat=True)
    )
    written = 0
    while month <= year.ends_on and month_after(month) <= on:
        identity = f"{row.prepayment_no}:{month:%Y-%m}"
        if identity not in booked:
            since = max(month, year.starts_on)
            until = min(month_after(month), year.ends_on + timedelta(days=1))
            amount = min(_of_month(row, month, since, until), left_of(row))
            if amount > 0:
                _book(row, identity, amount, until - timedelta(days=1), by=by, at=at)
                written += 1
        month = month_after(month)
    return written


def _of_month(row: Prepayment, month: date, since: date, until: date) -> Decimal:
    found = accepted_selected(row.pool_id, row.batch_id, since, until)
    whole = sum(found.values(), ZERO)
    net = whole if row.institution_id is None else found.get(row.institution_id, ZERO)
    amount = (max(net, ZERO) * row.ratio).quantize(CENT, ROUND_HALF_UP)
    if row.kind == Kind.AGENCY:
        drawn = advances_from(row).filter(month=month, paid_on__isnull=False)
        amount -= sum(drawn.values_list("amount", flat=True), ZERO)
    return max(amount, ZERO)


def _book(
    row: Prepayment, identity: str, amount: Decimal, on: date, *, by: Actor, at: datetime
) -> None:
    post(
        key=EventKey(OFFSET, identity), pool_id=row.pool_id,
        lines=[
            LedgerLine(Purpose.FUND, amount),
            LedgerLine(Purpose.PREPAID, -amount, institution_id=row.institution_id),
        ],
        occurred_on=on, by=by, at=at,
        source=Source(SourceKind.PREPAYMENT, row.pk, f"预付金 {row.prepayment_no}"),
        text=f"预付金冲抵：{whose(row)} {on:%Y-%m}",
    )  # fmt: skip


def settle_used_up(row: Prepayment, *, by: Actor, at: datetime) -> bool:
    """Settle a locked, paid one of which nothing is left."""
    if row.state != "paid" or left_of(row):
        return False
    if row.kind == Kind.AGENCY and advances_from(row).filter(state="paid").exists():
        return False
    PREPAYMENT_MACHINE.perform(verb="settle", obj=row, by=by, at=at, standings=lambda _: (CLOCK,))
    tell_prepayment(locked(row), at)
    return True
