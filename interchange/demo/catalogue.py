"""Rows of the catalogue: groups, products, substitutes, batches, selections with their prices."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import timedelta

from interchange.demo import geography
from interchange.demo.batches import Batch
from interchange.demo.clock import Clock
from interchange.demo.products import (
    SELECTED,
    STANDBY,
    SUBSTITUTE,
    Group,
    Loose,
    Product,
    substitute_groups,
    whole_province,
)
from interchange.demo.tables import Tables, yuan


def write_catalogue(tables: Tables, groups: list[Group], loose: list[Loose]) -> None:
    products = [product for group in groups for product in group.products]
    for group in groups:
        tables.row("groups", (group.code, group.name, group.category, group.unit))
    for product in [*products, *(one.product for one in loose)]:
        tables.row(
            "products",
            (
                product.code,
                product.name,
                product.group.code if product.group else "",
                product.maker.uscc,
                product.category,
                product.specification,
                product.pack_unit,
                product.pack,
                yuan(product.cents),
                product.tags,
            ),
        )
    by_code = {group.code: group for group in groups}
    for code, substitutes in substitute_groups().items():
        for substitute in substitutes:
            for product in by_code[substitute].of(SUBSTITUTE):
                tables.row("substitutes", (code, product.code))


def write_batches(tables: Tables, clock: Clock, batches: Iterable[Batch]) -> None:
    for batch in batches:
        effective = clock.dates[batch.first_day]
        tables.row(
            "batches",
            (
                batch.code,
                batch.name,
                batch.category,
                batch.organizer,
                batch.policy,
                (effective - timedelta(days=35)).isoformat(),
                effective.isoformat(),
                clock.texts[batch.last_day],
            ),
        )
        for number, (first, last) in enumerate(batch.years, start=1):
            tables.row("batch_years", (batch.code, number, clock.texts[first], clock.texts[last]))
        for name, value, clause in batch.parameters:
            tables.row("batch_parameters", (batch.code, name, value, clause))


def plan_price_cuts(rng: random.Random, clock: Clock, groups: list[Group]) -> None:
    """Two selected products of the national batch become cheaper in the course of it."""
    national = [group for group in groups if group.batch and group.batch.key == "national"]
    for group in rng.sample(national, 2):
        batch = group.batch
        product = group.of(SELECTED)[-1]
        day = clock.month_start(max(1, clock.months - 5))
        if batch is not None and batch.first_day < day <= batch.last_day:
            product.cut_day = day
            product.cut_cents = max(4, round(product.cents * 0.92))


def write_selections(tables: Tables, clock: Clock, groups: list[Group]) -> None:
    for group in groups:
        if group.batch is None:
            continue
        for product in group.of(SELECTED, STANDBY):
            role = "selected" if product.part == SELECTED else "standby"
            regions = product.cities
            if whole_province(product):
                regions = (geography.PROVINCE,)
            for region in regions:
                for first, last, cents in _price_periods(clock, product):
                    tables.row(
                        "selections",
                        (group.batch.code, product.code, region, first, last, role, yuan(cents)),
                    )


def _price_periods(clock: Clock, product: Product) -> list[tuple[str, str, int]]:
    if not product.cut_day:
        return [("", "", product.cents)]
    return [
        ("", clock.texts[product.cut_day - 1], product.cents),
        (clock.texts[product.cut_day], "", product.cut_cents),
    ]
