"""response_rate, on_time_rate and fulfilment_rate: how lines of selected and standby products were served."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from ..dataset import Line, Order
from ..periods import BEGINNING, Window
from ..rows import Key, Row, Tally, region_rows
from ..world import LineKey, Movement, World

NOT_THE_SUPPLIERS_FAULT = ("delisted", "duplicate", "institution_error")


@dataclass(frozen=True)
class SupplyLine:
    """A selected or standby line by its sent_at, with the batches in which it is one (in order of their codes)."""

    line: Line
    order: Order
    batch_codes: tuple[str, ...]

    @property
    def key(self) -> LineKey:
        return self.line.order_no, self.line.line_no


class Supply:
    """What is known about the served lines at the cut."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._hours: dict[tuple[str, str], timedelta] = {}
        self.lines: list[SupplyLine] = []
        for line in world.data.lines:
            order = world.orders[line.order_no]
            roles = world.line_roles(line, order.institution_code, order.sent_at.date())
            if roles:
                self.lines.append(SupplyLine(line, order, tuple(roles)))
        self.delivered: dict[LineKey, list[tuple[datetime, Decimal]]] = defaultdict(list)
        for delivery in world.data.deliveries:
            if delivery.delivered_at is not None:
                self.delivered[delivery.order_no, delivery.line_no].append(
                    (delivery.delivered_at, delivery.packs)
                )
        self.accepted: dict[LineKey, Fraction] = defaultdict(Fraction)
        for movement in known_movements(world):
            self.accepted[movement.line.order_no, movement.line.line_no] += Fraction(movement.packs)

    def hours(self, batch_code: str, parameter: str) -> timedelta:
        key = batch_code, parameter
        if key not in self._hours:
            hours = Fraction(self.world.batch_terms(batch_code).value(parameter))
            self._hours[key] = timedelta(microseconds=int(hours * 3_600_000_000))
        return self._hours[key]

    def response_deadline(self, entry: SupplyLine, batch_code: str) -> datetime:
        return entry.order.sent_at + self.hours(batch_code, "response_hours")

    def delivery_deadline(self, entry: SupplyLine, batch_code: str) -> datetime:
        parameter = "urgent_delivery_hours" if entry.order.urgent else "delivery_hours"
        return entry.order.sent_at + self.hours(batch_code, parameter)

    def left_out(self, line: Line, deadline: datetime) -> bool:
        """Cancelled before both a response and the deadline, or rejected for no fault of the supplier's."""
        cut = self.world.month.cut
        responded_at = line.responded_at if line.responded_at and line.responded_at < cut else None
        cancelled_at = line.cancelled_at if line.cancelled_at and line.cancelled_at < cut else None
        if (
            cancelled_at
            and cancelled_at < deadline
            and (responded_at is None or cancelled_at < responded_at)
        ):
            return True
        return (
            responded_at is not None
            and line.response == "rejected"
            and line.reject_reason in NOT_THE_SUPPLIERS_FAULT
        )

    def rejected(self, line: Line) -> bool:
        known = line.responded_at is not None and line.responded_at < self.world.month.cut
        return known and line.response == "rejected"

    def figures(
        self, indicator: str, entry: SupplyLine, deadline: datetime
    ) -> tuple[Fraction, Fraction]:
        """Numerator and denominator of one line that counts."""
        line = entry.line
        ordered = Fraction(line.packs)
        if indicator == "response_rate":
            confirmed = line.response == "confirmed" and line.responded_at is not None
            in_time = confirmed and line.responded_at is not None and line.responded_at <= deadline
            return Fraction(1 if in_time else 0), Fraction(1)
        if indicator == "on_time_rate":
            packs = sum(
                (Fraction(packs) for at, packs in self.delivered[entry.key] if at <= deadline),
                Fraction(0),
            )
            return Fraction(1 if packs >= ordered and not self.rejected(line) else 0), Fraction(1)
        price = Fraction(line.unit_price)
        accepted = Fraction(0) if self.rejected(line) else self.accepted[entry.key]
        return min(accepted, ordered) * price, ordered * price


def known_movements(world: World) -> Iterator[Movement]:
    return world.movements_in(Window(BEGINNING, world.month.cut))


def supply(world: World) -> list[Row]:
    facts = Supply(world)
    month, year = world.month.window, world.month.calendar_year_to_date
    return [
        *supply_rows(facts, "response_rate", "month", month),
        *supply_rows(facts, "on_time_rate", "month", month),
        *supply_rows(facts, "fulfilment_rate", "month", month),
        *supply_rows(facts, "fulfilment_rate", "ytd", year),
    ]


def supply_rows(facts: Supply, indicator: str, window_name: str, window: Window) -> list[Row]:
    world = facts.world
    deadline_of = (
        facts.response_deadline if indicator == "response_rate" else facts.delivery_deadline
    )
    units, others = Tally(), Tally()
    for entry in facts.lines:
        deadline = deadline_of(entry, entry.batch_codes[0])
        if window.holds(deadline) and not facts.left_out(entry.line, deadline):
            figures = facts.figures(indicator, entry, deadline)
            product = world.products[entry.line.product_code]
            units.add(
                Key(indicator, window_name, "institution", world.unit_of_order(entry.order)),
                *figures,
            )
            others.add(
                Key(indicator, window_name, "distributor", entry.order.distributor_uscc), *figures
            )
            others.add(
                Key(indicator, window_name, "manufacturer", product.manufacturer_uscc), *figures
            )
        add_batch_figures(facts, others, indicator, window_name, entry)
    return [*region_rows(world, list(units.rows())), *others.rows()]


def add_batch_figures(
    facts: Supply, tally: Tally, indicator: str, window_name: str, entry: SupplyLine
) -> None:
    """product × batch, and institution × batch × product for fulfilment: each batch by its own parameters."""
    world = facts.world
    deadline_of = (
        facts.response_deadline if indicator == "response_rate" else facts.delivery_deadline
    )
    for batch_code in entry.batch_codes:
        year = world.year_on(batch_code, entry.order.sent_at.date())
        assert year is not None
        window = world.month_in(year) if window_name == "month" else world.year_to_date(year)
        deadline = deadline_of(entry, batch_code)
        in_month = year.starts_on <= world.month.last_day and year.ends_on >= world.month.first_day
        if not in_month or not window.holds(deadline) or facts.left_out(entry.line, deadline):
            continue
        figures = facts.figures(indicator, entry, deadline)
        product_code = entry.line.product_code
        batch_year = (batch_code, str(year.year_no))
        tally.add(Key(indicator, window_name, "product", product_code, *batch_year), *figures)
        if indicator == "fulfilment_rate":
            unit = world.unit_of_order(entry.order)
            key = Key(
                indicator, window_name, "institution", unit, *batch_year, product_code=product_code
            )
            tally.add(key, *figures)
