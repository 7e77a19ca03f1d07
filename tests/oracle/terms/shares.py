"""non_selected_share and unreported_share: what is bought past the selected products of a covered group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from ..dataset import Batch, BatchYear
from ..periods import Window
from ..rows import Key, Row, Tally, region_rows
from ..world import Movement, World
from .reports import reported_units


@dataclass(frozen=True)
class GroupMovement:
    """A movement of a covered group's product, with what it is to the batch."""

    movement: Movement
    unit: str
    group: str
    kind: str  # 'selected', 'standby' or 'non_selected'


def group_movements(world: World, batch: Batch, window: Window) -> Iterator[GroupMovement]:
    """Movements that count for the batch's covered groups.

    A selected or standby product bought on a line that names another batch is left out altogether; any other
    product of the group is a non-selected purchase whatever batch its line names.
    """
    covered = set(world.covered_groups(batch.code))
    for movement in world.movements_in(window):
        group = movement.product.group_code
        if group is None or group not in covered:
            continue
        kind = world.role(
            batch.code, movement.product.code, movement.order.institution_code, movement.day
        )
        if kind is None:
            kind = "non_selected"
        elif movement.line.batch_code not in (None, batch.code):
            continue
        yield GroupMovement(movement, world.unit_of_order(movement.order), group, kind)


def is_cheaper_equal(world: World, batch: Batch, entry: GroupMovement) -> bool:
    """equal_quality, and below the lowest selected price per base unit for the institution's region that day."""
    movement = entry.movement
    if "equal_quality" not in movement.product.tags:
        return False
    lowest = world.lowest_selected_price(
        batch.code, entry.group, movement.order.institution_code, movement.day
    )
    price = Fraction(movement.line.unit_price) / Fraction(movement.product.base_units_per_pack)
    return lowest is not None and price < lowest


def exclusion(world: World, batch: Batch, entry: GroupMovement) -> str | None:
    """Why a movement is left out of both sides of non_selected_share; None: it counts."""
    product, day = entry.movement.product, entry.movement.day
    if entry.kind == "standby":
        if not world.exempt_on("standby_counts", batch.code, product, entry.unit, day):
            return "standby"
    elif entry.kind == "non_selected":
        if is_cheaper_equal(world, batch, entry):
            return "equal_quality"
        if world.exempt_on("non_selected", batch.code, product, entry.unit, day):
            return "non_selected"
    return None


def effective_groups(world: World, year: BatchYear) -> set[tuple[str, str]]:
    """Unit and group with an effective agreement in the batch and year."""
    found: set[tuple[str, str]] = set()
    for agreement in world.data.agreements:
        group = world.products[agreement.product_code].group_code
        if (
            (agreement.batch_code, agreement.year_no) == (year.batch_code, year.year_no)
            and group
            and world.is_effective(agreement)
        ):
            found.add((world.unit_of[agreement.institution_code], group))
    return found


def non_selected_share(world: World) -> list[Row]:
    rows: list[Row] = []
    for batch, year in world.years_of_month():
        assessed = effective_groups(world, year)
        for name, window in (("month", world.month_in(year)), ("ytd", world.year_to_date(year))):
            tally = Tally()
            for entry in group_movements(world, batch, window):
                if exclusion(world, batch, entry) is None:
                    quantity = entry.movement.base_quantity
                    key = Key(
                        "non_selected_share",
                        name,
                        "institution",
                        entry.unit,
                        batch.code,
                        str(year.year_no),
                        entry.group,
                    )
                    tally.add(key, quantity if entry.kind == "non_selected" else 0, quantity)
            unit_rows = [
                Row(
                    row.key,
                    row.numerator,
                    row.denominator,
                    1 if (row.key.subject_code, row.key.group_code) in assessed else 0,
                )
                for row in tally.rows()
            ]
            rows += [*unit_rows, *region_rows(world, unit_rows)]
    return rows


def substitute_quantities(world: World, group: str, window: Window) -> dict[str, Fraction]:
    """Base quantity of the group's substitutes accepted in the window, per unit, without history."""
    quantities: dict[str, Fraction] = defaultdict(Fraction)
    for movement in world.movements_in(window):
        if movement.product.code in world.substitutes_of[group]:
            quantities[world.unit_of_order(movement.order)] += movement.base_quantity
    return quantities


def unreported_share(world: World) -> list[Row]:
    """For units without an approved report: non-selected and substitutes ÷ the same + selected + standby."""
    reported = reported_units(world)
    tally = Tally()
    for batch, year in world.years_of_month():
        for unit, group, numerator, denominator in unreported_parts(world, batch, year):
            if (batch.code, year.year_no, group, unit) in reported:
                continue
            batch_year = (batch.code, str(year.year_no))
            key = Key("unreported_share", "ytd", "institution", unit, *batch_year, group)
            tally.add(key, numerator, denominator)
    return list(tally.rows())


def unreported_parts(
    world: World, batch: Batch, year: BatchYear
) -> Iterator[tuple[str, str, Fraction, Fraction]]:
    """Unit, group, numerator, denominator of each movement and of each group's substitutes; no exclusions."""
    window = world.year_to_date(year)
    for entry in group_movements(world, batch, window):
        quantity = entry.movement.base_quantity
        counted = quantity if entry.kind == "non_selected" else Fraction(0)
        yield entry.unit, entry.group, counted, quantity
    for group in world.covered_groups(batch.code):
        for unit, quantity in substitute_quantities(world, group, window).items():
            yield unit, group, quantity, quantity
