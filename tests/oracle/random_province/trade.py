"""Orders, lines, deliveries, receipts, returns and payments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from ..periods import add_months, month_end
from .catalogue import Catalogue
from .draft import Draft, number
from .places import Places

REASONS = (
    "out_of_stock",
    "no_delivery_relation",
    "price",
    "delisted",
    "duplicate",
    "institution_error",
    "other",
    None,
)


@dataclass(frozen=True)
class Ordered:
    """The order and number of a line."""

    order_no: str
    line_no: int
    institution: str
    distributor: str
    sent_at: datetime
    urgent: bool


@dataclass(frozen=True)
class Sent:
    """A line as ordered, for what follows it."""

    order: Ordered
    product: str
    batch: str | None
    packs: Decimal
    unit_price: Decimal

    @property
    def order_no(self) -> str:
        return self.order.order_no

    @property
    def line_no(self) -> int:
        return self.order.line_no

    @property
    def sent_at(self) -> datetime:
        return self.order.sent_at


def make_trade(draft: Draft, places: Places, catalogue: Catalogue) -> None:
    for serial in range(draft.size):
        institution = draft.rng.choice(places.institutions)
        distributor = draft.rng.choice(places.distributors)
        urgent = draft.chance(0.2)
        sent_at = sent_instant(draft, urgent)
        order_no = f"D{serial:06d}"
        draft.add(
            "orders",
            order_no=order_no,
            institution_code=institution,
            distributor_uscc=distributor,
            sent_at=sent_at,
            urgent=int(urgent),
            client_no=draft.rng.choice((None, f"自编{serial}")),
            receiving_place=None,
        )
        for line_no in range(1, draft.rng.choice((2, 3, 5))):
            order = Ordered(order_no, line_no, institution, distributor, sent_at, urgent)
            make_line(draft, catalogue, order)


def sent_instant(draft: Draft, urgent: bool) -> datetime:
    """Mostly in and before the month; some so that a deadline meets an edge; a few after the cut."""
    kind = draft.rng.random()
    first = draft.month.window.start
    if kind < 0.45:
        return draft.between(first, draft.cut)
    if kind < 0.60:
        return draft.between(first - timedelta(days=32), first)
    if kind < 0.75:
        return draft.between(first - timedelta(days=280), first)
    if kind < 0.80:
        return draft.between(draft.cut, draft.cut + timedelta(days=20))
    if kind < 0.86:
        return draft.between(first - timedelta(days=600), first)
    hours = draft.rng.choice((0, 48, 24 if urgent else 72, 60, 96))
    return draft.edge() - timedelta(hours=hours)


def pick_product(draft: Draft, catalogue: Catalogue) -> tuple[str, str | None]:
    """A product and the batch that its line names: its own, none, or another."""
    rng = draft.rng
    batch = rng.choice(sorted(catalogue.selected))
    kind = rng.random()
    if kind < 0.6:
        product = rng.choice(catalogue.selected[batch])
    elif kind < 0.85:
        product = rng.choice(catalogue.products_of[rng.choice(catalogue.groups_of[batch])])
    else:
        product = rng.choice(catalogue.products)
    return product, rng.choice(
        (batch, batch, batch, None, None, rng.choice(sorted(catalogue.selected)))
    )


def pick_price(draft: Draft, catalogue: Catalogue, batch: str | None, product: str) -> Decimal:
    """The selected price; its own; per base unit just below, at or above a selected price of its group; or 0."""
    rng = draft.rng
    group = next(
        (name for name, members in catalogue.products_of.items() if product in members), ""
    )
    prices = [
        price
        for (code, name), found in catalogue.selected_prices.items()
        if name == group
        for price in found
    ]
    if prices and draft.chance(0.5):
        beside = rng.choice((Decimal("-0.0001"), Decimal(0), Decimal("0.0001")))
        return max(number(rng.choice((min(prices), rng.choice(prices))) + beside), Decimal(0))
    if draft.chance(0.02):
        return Decimal(0)
    return number(catalogue.price_of[product] * Decimal(rng.choice(("1", "1", "0.3", "1.5"))))


def make_line(
    draft: Draft,
    catalogue: Catalogue,
    order: Ordered,
) -> None:
    rng = draft.rng
    product, batch = pick_product(draft, catalogue)
    packs = number(rng.choice((1, 2, 5, 10, 10, 40, "0.0298", "3.3333")))
    price = pick_price(draft, catalogue, batch, product)
    sent = Sent(order, product, batch, packs, price)
    sent_at = sent.sent_at
    response = rng.choices(("confirmed", "rejected", None), (80, 12, 8))[0]
    response_due = sent_at + timedelta(
        hours=catalogue.hours.get((batch or "", "response_hours"), 48)
    )
    responded_at = None
    if response:
        responded_at = rng.choice(
            (
                draft.between(sent_at, response_due),
                draft.between(sent_at, response_due),
                draft.beside(response_due),
            )
        )
        if draft.chance(0.08):
            responded_at = max(
                sent_at,
                rng.choice((draft.beside(draft.cut), response_due + timedelta(days=3), sent_at)),
            )
    cancelled_at = (
        cancellation(draft, catalogue, sent, responded_at, response_due)
        if draft.chance(0.12)
        else None
    )
    draft.add(
        "order_lines",
        order_no=sent.order_no,
        line_no=sent.line_no,
        product_code=product,
        batch_code=batch,
        packs=packs,
        unit_price=price,
        response=response,
        responded_at=responded_at,
        reject_reason=rng.choice(REASONS) if response == "rejected" else None,
        cancelled_at=cancelled_at,
    )
    unserved = (response == "rejected" and not draft.chance(0.1)) or (
        cancelled_at and not draft.chance(0.3)
    )
    if not unserved and draft.chance(0.92):
        make_deliveries(draft, catalogue, sent, responded_at or sent_at)


def delivery_due(catalogue: Catalogue, sent: Sent) -> datetime:
    name, usual = ("urgent_delivery_hours", 24) if sent.order.urgent else ("delivery_hours", 72)
    return sent.sent_at + timedelta(hours=catalogue.hours.get((sent.batch or "", name), usual))


def cancellation(
    draft: Draft,
    catalogue: Catalogue,
    sent: Sent,
    responded_at: datetime | None,
    response_due: datetime,
) -> datetime:
    """Around the response, either deadline, or the cut."""
    due = delivery_due(catalogue, sent)
    at = draft.rng.choice(
        (
            draft.beside(responded_at or response_due),
            draft.beside(response_due),
            draft.beside(due),
            draft.between(sent.sent_at, due),
            draft.beside(draft.cut),
        )
    )
    return max(at, sent.sent_at)


def make_deliveries(draft: Draft, catalogue: Catalogue, sent: Sent, not_before: datetime) -> None:
    rng = draft.rng
    tolerance = catalogue.tolerance.get(sent.batch or "", Decimal(0))
    share = rng.choice((Decimal(1), Decimal(1), Decimal(1), Decimal("0.5"), 1 + tolerance))
    total = (
        number(sent.packs * share - Decimal("0.00005")) if share < 1 else number(sent.packs * share)
    )
    if total > sent.packs * (1 + tolerance) or total <= 0:
        total = sent.packs
    parts = rng.choice((1, 1, 2, 3)) if total == total.to_integral() and total >= 3 else 1
    due = delivery_due(catalogue, sent)
    accepted = Decimal(0)
    last_received: datetime | None = None
    for delivery_no in range(1, parts + 1):
        packs = total // parts if delivery_no > 1 else total - (total // parts) * (parts - 1)
        delivered_at: datetime | None = max(not_before, delivery_instant(draft, due, sent.sent_at))
        if draft.chance(0.04):
            delivered_at = None
        shipped_at = rng.choice((None, not_before, not_before))
        draft.add(
            "deliveries",
            order_no=sent.order_no,
            line_no=sent.line_no,
            delivery_no=delivery_no,
            packs=packs,
            shipped_at=shipped_at,
            delivered_at=delivered_at,
            lot_no=None,
            expires_on=None,
            note_no=None,
            invoice_no=None,
        )
        if delivered_at and draft.chance(0.9):
            kept, last_received = make_receipts(
                draft, sent, delivery_no, packs=packs, delivered_at=delivered_at, last=last_received
            )
            accepted += kept
    if last_received and accepted > 0:
        returned = (
            make_return(draft, sent, accepted, last_received) if draft.chance(0.2) else Decimal(0)
        )
        if draft.chance(0.85):
            net = accepted - returned if draft.chance(0.6) else accepted
            make_payments(draft, sent, number(net * sent.unit_price), last_received)


def delivery_instant(draft: Draft, due: datetime, sent_at: datetime) -> datetime:
    kind = draft.rng.random()
    if kind < 0.55:
        return draft.between(sent_at, due)
    if kind < 0.75:
        return draft.beside(due)
    if kind < 0.9:
        return due + timedelta(hours=draft.rng.randint(1, 200))
    return draft.edge()


def make_receipts(
    draft: Draft,
    sent: Sent,
    delivery_no: int,
    *,
    packs: Decimal,
    delivered_at: datetime,
    last: datetime | None,
) -> tuple[Decimal, datetime]:
    """One receipt, or a first one with later corrections (also of negative packs); accepted + refused = packs."""
    rng = draft.rng
    first = rng.choice((packs, packs, packs, packs, Decimal(0), number(packs / 2)))
    received_at = receipt_instant(draft, delivered_at)
    steps: list[tuple[Decimal, Decimal, datetime]] = [(first, packs - first, received_at)]
    if draft.chance(0.2):
        later = max(
            received_at,
            rng.choice((draft.edge(), received_at + timedelta(days=rng.choice((0, 3, 30))))),
        )
        moved = number(rng.choice((-first, -first / 2, packs - first)))
        moved = max(moved, -first)
        if draft.chance(0.3) and first not in (0, packs):
            steps = [(first, Decimal(0), received_at), (Decimal(0), packs - first, later)]
        else:
            steps.append((moved, -moved, later))
    for receipt_no, (accepted, refused, at) in enumerate(steps, start=1):
        draft.add(
            "receipts",
            order_no=sent.order_no,
            line_no=sent.line_no,
            delivery_no=delivery_no,
            receipt_no=receipt_no if receipt_no > 1 or draft.chance(0.5) else None,
            accepted_packs=number(accepted),
            refused_packs=number(refused),
            received_at=at,
        )
    latest = max(at for *_, at in steps)
    return sum((step[0] for step in steps), Decimal(0)), max(latest, last or latest)


def receipt_instant(draft: Draft, delivered_at: datetime) -> datetime:
    kind = draft.rng.random()
    if kind < 0.5:
        at = delivered_at + timedelta(hours=draft.rng.choice((0, 1, 5, 30)))
    elif kind < 0.75:
        at = draft.workday_edge(delivered_at.date(), 3)
    elif kind < 0.9:
        at = draft.edge()
    else:
        at = delivered_at + timedelta(days=draft.rng.randint(1, 50))
    return max(at, delivered_at)


def make_return(draft: Draft, sent: Sent, accepted: Decimal, received_at: datetime) -> Decimal:
    packs = number(draft.rng.choice((accepted, accepted / 2, min(accepted, Decimal("0.0298")))))
    if not 0 < packs <= accepted:
        packs = accepted
    at = draft.rng.choice(
        (draft.edge(), received_at + timedelta(days=draft.rng.choice((0, 2, 25, 45))))
    )
    serial = len(draft.tables["returns"])
    draft.add(
        "returns",
        return_no=f"R{serial:05d}",
        order_no=sent.order_no,
        line_no=sent.line_no,
        packs=packs,
        returned_at=max(at, received_at),
    )
    return packs


def make_payments(draft: Draft, sent: Sent, owed: Decimal, received_at: datetime) -> None:
    """In full, in parts, short or over; on the due day, the day after, earlier or much later."""
    rng = draft.rng
    shares = rng.choice(((1,), (1,), (1,), (0.5, 0.5), (0.5,), (1.3,), (0.2, 0.9), (0.3, 0.3)))
    for share in shares:
        due = month_end(received_at.date(), rng.choice((1, 1, 1, 2)))
        days: list[date] = [
            due,
            due + timedelta(days=1),
            received_at.date(),
            add_months(due, 0),
            due + timedelta(days=60),
        ]
        serial = len(draft.tables["payments"])
        named = not draft.chance(0.05)
        draft.add(
            "payments",
            payment_no=f"P{serial:05d}",
            institution_code=sent.order.institution,
            enterprise_uscc=sent.order.distributor,
            batch_code=rng.choice((sent.batch, None)),
            order_no=sent.order_no if named else None,
            line_no=sent.line_no if named else None,
            amount=number((owed * Decimal(str(share))).quantize(Decimal("0.01"))),
            paid_on=rng.choice(days),
            payer=rng.choice(("fund", "institution")),
        )
