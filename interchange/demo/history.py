"""Rows of purchase_history.csv: what was bought before the platform held orders."""

from __future__ import annotations

import random

from interchange.demo.clock import Clock, add_months
from interchange.demo.demand import Demand, season_factor
from interchange.demo.institutions import Institution
from interchange.demo.tables import Tables, yuan


def write_history(
    rng: random.Random,
    tables: Tables,
    clock: Clock,
    institutions: list[Institution],
    demand: Demand,
) -> None:
    """Twelve months before the first order; what is needed rarely was bought in most of them."""
    months = [add_months(clock.first_month, -index) for index in range(12, 0, -1)]
    for institution in institutions:
        streams = sorted(demand.streams.get(institution.code, []), key=lambda one: one.product.code)
        for stream in streams:
            yearly = stream.before * 365
            if yearly < 3:
                continue
            bought = months
            if stream.interval > 20:
                bought = sorted(rng.sample(months, 9 if stream.interval < 34 else 8))
            season = [season_factor(stream.season, month.month) for month in bought]
            carry = 0.0
            for month, factor in zip(bought, season, strict=True):
                need = yearly * factor / sum(season) * rng.uniform(0.85, 1.15) + carry
                packs = int(need + 0.5)
                carry = need - packs
                if packs > 0:
                    tables.row(
                        "purchase_history",
                        (
                            institution.code,
                            stream.product.code,
                            f"{month:%Y-%m}",
                            packs,
                            yuan(packs * stream.product.cents),
                        ),
                    )
