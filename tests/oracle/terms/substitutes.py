"""substitute_ratio: a group's substitutes in the agreement year ÷ the same in the twelve months before it."""

from __future__ import annotations

from fractions import Fraction

from ..periods import Window, midnight, year_before
from ..rows import Key, Row, Tally
from ..world import World
from .shares import substitute_quantities


def substitute_ratio(world: World) -> list[Row]:
    tally = Tally()
    for batch, year in world.years_of_month():
        to_date = world.year_to_date(year)
        before = Window(midnight(year_before(year.starts_on)), midnight(year.starts_on))
        for group in world.covered_groups(batch.code):
            numerators = with_history(world, group, to_date)
            denominators = with_history(world, group, before)
            for unit in {*numerators, *denominators}:
                key = Key(
                    "substitute_ratio",
                    "ytd",
                    "institution",
                    unit,
                    batch.code,
                    str(year.year_no),
                    group,
                )
                tally.add(key, numerators.get(unit, 0), denominators.get(unit, 0))
    return list(tally.rows())


def with_history(world: World, group: str, window: Window) -> dict[str, Fraction]:
    """Accepted quantities and the history months whose first day lies in the window, per unit."""
    quantities = dict(substitute_quantities(world, group, window))
    for history in world.data.history:
        if history.product_code in world.substitutes_of[group] and window.holds_day(history.month):
            unit = world.unit_of[history.institution_code]
            packs = world.base_quantity(history.product_code, history.packs)
            quantities[unit] = quantities.get(unit, Fraction(0)) + packs
    return quantities
