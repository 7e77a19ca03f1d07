"""Rows of retention_inputs.csv: prices before the batch and shares of the fund, by pool."""

from __future__ import annotations

import random

from interchange.demo import geography
from interchange.demo.clock import Clock
from interchange.demo.products import Group
from interchange.demo.tables import Tables


def write_retention_inputs(
    rng: random.Random, tables: Tables, clock: Clock, groups: list[Group]
) -> None:
    for group in groups:
        batch = group.batch
        if batch is None:
            continue
        for number, (first, _) in enumerate(batch.years, start=1):
            if first >= clock.cutoff_day:
                continue
            for pool, _, region in geography.pools():
                if batch.organizer == "city" and region not in (*batch.cities, geography.PROVINCE):
                    continue
                baseline = group.price * rng.uniform(1.7, 3.6) / (1.5 if number > 1 else 1)
                tables.row(
                    "retention_inputs",
                    (
                        batch.code,
                        number,
                        pool,
                        group.code,
                        f"{baseline:.4f}",
                        rng.choice(("0.55", "0.6", "0.65")),
                        rng.choice(("0.6", "0.65", "0.7")),
                        rng.choice(("0.8", "0.85", "0.9", "0.9333")),
                    ),
                )
