"""What each institution needs: one stream of purchases per institution and product.

A stream has a rate in packs per day that changes on given days (a batch begins, a substitute
is pushed back), a season, and a rhythm: each order covers the days until the next one, so that
receipts run a little ahead of use, as a store-room does.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from interchange.demo.clock import Clock
from interchange.demo.enterprises import Enterprise
from interchange.demo.institutions import Institution
from interchange.demo.products import Group, Product

# Respiratory drugs, January to December.
_WINTER = (1.42, 1.2, 1.06, 0.95, 0.87, 0.82, 0.8, 0.82, 0.9, 1.0, 1.14, 1.34)


@dataclass(slots=True, eq=False)
class Stream:
    product: Product
    distributor: Enterprise
    interval: float
    due: float
    levels: list[tuple[int, float]]  # from this day on: packs per day
    before: float  # packs per day in the year before the first order
    season: str
    carry: float = 0.0

    def rate(self, day: int) -> float:
        rate = self.before
        for first, value in self.levels:
            if first > day:
                break
            rate = value
        return rate


@dataclass(slots=True, eq=False)
class Need:
    """What one institution reported and agreed for one group, before consortia are added up."""

    institution: Institution
    group: Group
    prior: float
    reported: float
    agreed: dict[str, float]  # product code → base units of the first agreement year
    products: list[Product]
    use: float  # yearly base units of selected products
    total: float  # and of all products of the group
    deviation: float


@dataclass(slots=True)
class Demand:
    streams: dict[str, list[Stream]] = field(default_factory=dict)  # by institution
    needs: list[Need] = field(default_factory=list)
    unreported: tuple[str, ...] = ()  # units that buy without having reported


def season_factor(season: str, month: int) -> float:
    return _WINTER[month - 1] if season == "respiratory" else 1.0


def standby_window(clock: Clock) -> tuple[int, int]:
    """First and last day of the weeks in which standby products were needed."""
    first = clock.month_start(max(1, clock.months - 7)) + 9
    return first, first + 52
