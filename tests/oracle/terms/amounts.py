"""selected_amount_share: amount accepted on selected and standby lines ÷ amount of all accepted lines."""

from __future__ import annotations

from ..rows import Key, Row, Tally, with_regions
from ..world import World


def selected_amount_share(world: World) -> list[Row]:
    """Products tagged negotiated are on neither side."""
    rows: list[Row] = []
    for name, window in (("month", world.month.window), ("ytd", world.month.calendar_year_to_date)):
        tally = Tally()
        for movement in world.movements_in(window):
            if "negotiated" in movement.product.tags:
                continue
            in_batch = bool(
                world.line_roles(movement.line, movement.order.institution_code, movement.day)
            )
            unit = world.unit_of_order(movement.order)
            for category in (movement.product.category, "all"):
                key = Key("selected_amount_share", name, "institution", unit, category=category)
                tally.add(key, movement.amount if in_batch else 0, movement.amount)
        rows += with_regions(world, list(tally.rows()))
    return rows
