"""Substitutes and conversion factors with days, the plain way: a dataset as it is on one day (ADR 11)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from .dataset import Dataset, Substitute


@dataclass(frozen=True)
class Edited:
    """One line of a published edition: add or end a substitute of a group, or set a factor."""

    effective_from: date
    action: str
    product_code: str
    group_code: str = ""
    factor: Decimal = Decimal(0)


def dataset_on(data: Dataset, edited: Iterable[Edited], day: date) -> Dataset:
    """What a month whose last day this is is computed with: everything that has begun by then."""
    substitutes = {(each.group_code, each.product_code) for each in data.substitutes}
    factors = {product.code: product.base_units_per_pack for product in data.products}
    for line in sorted(edited, key=lambda each: each.effective_from):
        if line.effective_from > day:
            continue
        pair = (line.group_code, line.product_code)
        if line.action == "add":
            substitutes.add(pair)
        elif line.action == "end":
            substitutes.discard(pair)
        else:
            factors[line.product_code] = line.factor
    return replace(
        data,
        substitutes=[Substitute(*pair) for pair in sorted(substitutes)],
        products=[
            replace(product, base_units_per_pack=factors[product.code]) for product in data.products
        ],
    )
