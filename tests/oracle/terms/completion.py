"""completion_rate, its two amount rates and behind_schedule_rate, per agreement year to date."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from ..dataset import Batch, BatchYear, Product
from ..periods import Window
from ..rows import Key, Row, Tally, held, region_rows
from ..world import World

UnitProduct = tuple[str, str]


def agreed_quantities(
    world: World, year: BatchYear
) -> tuple[dict[UnitProduct, Fraction], dict[UnitProduct, Fraction]]:
    """A and Σ agreed_qty × price of the effective agreements, per unit and product."""
    quantity: dict[UnitProduct, Fraction] = defaultdict(Fraction)
    priced: dict[UnitProduct, Fraction] = defaultdict(Fraction)
    for agreement in world.data.agreements:
        if (agreement.batch_code, agreement.year_no) != (year.batch_code, year.year_no):
            continue
        if world.is_effective(agreement):
            key = world.unit_of[agreement.institution_code], agreement.product_code
            quantity[key] += Fraction(agreement.agreed_qty)
            priced[key] += Fraction(agreement.agreed_qty) * Fraction(agreement.price)
    return quantity, priced


def completed_quantities(
    world: World, batch: Batch, window: Window, agreed: dict[UnitProduct, Fraction]
) -> dict[UnitProduct, Fraction]:
    """Accepted on selected lines, plus verified standby of the group shared in proportion to A."""
    completed: dict[UnitProduct, Fraction] = defaultdict(Fraction)
    standby: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for movement in world.movements_in(window):
        role = world.line_roles(movement.line, movement.order.institution_code, movement.day).get(
            batch.code
        )
        unit = world.unit_of_order(movement.order)
        product = movement.product
        if role == "selected":
            completed[unit, product.code] += movement.base_quantity
        elif (
            role == "standby"
            and product.group_code
            and world.exempt_on("standby_counts", batch.code, product, unit, movement.day)
        ):
            standby[unit, product.group_code] += movement.base_quantity
    for (unit, group), quantity in standby.items():
        sharers = {
            key: share
            for key, share in agreed.items()
            if key[0] == unit and world.products[key[1]].group_code == group
        }
        total = sum(sharers.values(), Fraction(0))
        for key, share in sharers.items():
            completed[key] += quantity * share / total
    return completed


def is_exempt(world: World, batch: Batch, window: Window, unit: str, product: Product) -> bool:
    """Covered by an agreed_volume exemption, one of whose days is in the row's window."""
    return any(
        world.exemption_matches(exemption, "agreed_volume", batch.code, product, unit)
        and window.meets_days(exemption.from_on, exemption.to_on)
        for exemption in world.data.exemptions
    )


def completion(world: World) -> list[Row]:
    """Rows of completion_rate, completion_amount_rate, completion_capped_rate, behind_schedule_rate."""
    rows: list[Row] = []
    for batch, year in world.years_of_month():
        rows += completion_of_year(world, batch, year)
    return rows


def completion_of_year(world: World, batch: Batch, year: BatchYear) -> list[Row]:
    window = world.year_to_date(year)
    progress = world.time_progress(year)
    agreed, priced = agreed_quantities(world, year)
    completed = completed_quantities(world, batch, window, agreed)
    batch_year = (batch.code, str(year.year_no))
    rows: list[Row] = []
    aggregates = Tally()
    for unit, product_code in sorted({*agreed, *completed}):
        product = world.products[product_code]
        quantity = agreed.get((unit, product_code), Fraction(0))
        numerator = held(completed.get((unit, product_code), Fraction(0)))
        if numerator == 0 and quantity == 0:
            continue
        assessed = 0 if is_exempt(world, batch, window, unit, product) else 1
        key = Key(
            "completion_rate", "ytd", "institution", unit, *batch_year, product_code=product_code
        )
        rows.append(Row(key, numerator, held(quantity), assessed))
        if quantity == 0:
            continue
        price = priced[unit, product_code] / (quantity * Fraction(product.base_units_per_pack))
        amount_key = Key("completion_amount_rate", "ytd", "institution", unit, *batch_year)
        aggregates.add(amount_key, Fraction(numerator) * price, quantity * price)
        capped_key = Key("completion_capped_rate", "ytd", "institution", unit, *batch_year)
        aggregates.add(capped_key, min(Fraction(numerator), quantity) * price, quantity * price)
        if assessed:
            behind = 1 if Fraction(numerator) / quantity < progress else 0
            aggregates.add(
                Key("behind_schedule_rate", "ytd", "institution", unit, *batch_year), behind, 1
            )
    aggregate_rows = list(aggregates.rows())
    return [*rows, *aggregate_rows, *region_rows(world, aggregate_rows)]
