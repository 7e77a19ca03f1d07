"""abnormal_order_rate: lines far over the unit's mean monthly order of the product."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from ..rows import Key, Row, Tally, with_regions
from ..world import World

UnitProduct = tuple[str, str]


@dataclass(frozen=True)
class SentLine:
    """A line sent in the month; `multiple` is its base quantity ÷ the mean, None where there is no mean to judge by."""

    unit: str
    product_code: str
    multiple: Fraction | None


def mean_monthly_orders(world: World) -> dict[UnitProduct, Fraction]:
    """Mean over the 12 calendar months before, of pairs with at least 3 non-zero months; history counts as ordered."""
    monthly: dict[UnitProduct, dict[object, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    first_day, end = world.month.plus(-12).first_day, world.month.first_day
    for line in world.data.lines:
        order = world.orders[line.order_no]
        month = order.sent_at.date().replace(day=1)
        if first_day <= month < end:
            key = world.unit_of_order(order), line.product_code
            monthly[key][month] += world.base_quantity(line.product_code, line.packs)
    for history in world.data.history:
        if first_day <= history.month < end:
            key = world.unit_of[history.institution_code], history.product_code
            monthly[key][history.month] += world.base_quantity(history.product_code, history.packs)
    return {
        key: sum(months.values(), Fraction(0)) / 12
        for key, months in monthly.items()
        if sum(1 for quantity in months.values() if quantity != 0) >= 3
    }


def lines_of_month(world: World) -> list[SentLine]:
    means = mean_monthly_orders(world)
    found: list[SentLine] = []
    for line in world.data.lines:
        order = world.orders[line.order_no]
        if world.month.window.holds(order.sent_at):
            unit = world.unit_of_order(order)
            mean = means.get((unit, line.product_code))
            quantity = world.base_quantity(line.product_code, line.packs)
            found.append(SentLine(unit, line.product_code, quantity / mean if mean else None))
    return found


def is_abnormal(world: World, sent: SentLine) -> bool:
    limit = Fraction(world.province_terms().value("abnormal_multiple"))
    return sent.multiple is not None and sent.multiple > limit


def abnormal_order_rate(world: World) -> list[Row]:
    tally = Tally()
    for sent in lines_of_month(world):
        key = Key("abnormal_order_rate", "month", "institution", sent.unit)
        tally.add(key, 1 if is_abnormal(world, sent) else 0, 1)
    return with_regions(world, list(tally.rows()))
