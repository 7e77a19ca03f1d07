"""Manufacturers and distributors, and how well each distributor delivers."""

from __future__ import annotations

import random
from dataclasses import dataclass

from interchange.demo import geography, story
from interchange.demo.clock import Clock
from interchange.demo.codes import uscc
from interchange.demo.names import (
    DEVICE_MAKER_ENDINGS,
    DISTRIBUTOR_ENDINGS,
    DRUG_MAKER_ENDINGS,
    NameMaker,
)

DRUG_MAKERS, DEVICE_MAKERS, DISTRIBUTORS = 36, 12, 12
_SEATS = ("110108", "310115", "320102", "330106", "440106", "510107", "370102", "610113", "420111")


@dataclass(slots=True, eq=False)
class Enterprise:
    serial: int
    uscc: str
    name: str
    makes: bool
    delivers: bool
    category: str = "drug"
    home: str = geography.CAPITAL
    late: float = 0.0  # chance of a late delivery in an ordinary month, at no distance
    slow_answer: float = 0.0
    refuses: float = 0.0
    failing: bool = False
    platform_paid: bool = False


def build_enterprises(
    rng: random.Random, names: NameMaker
) -> tuple[list[Enterprise], list[Enterprise]]:
    """Manufacturers (drugs first) and distributors; two manufacturers also deliver."""
    cities = geography.cities()
    makers = []
    for index in range(DRUG_MAKERS + DEVICE_MAKERS):
        device = index >= DRUG_MAKERS
        seat = rng.choice(_SEATS) if rng.random() < 0.75 else rng.choice(cities)
        ending = rng.choice(DEVICE_MAKER_ENDINGS if device else DRUG_MAKER_ENDINGS)
        makers.append(
            Enterprise(
                serial=10_001 + index * 37,
                uscc=uscc(rng, seat),
                name=names.stem() + ending,
                makes=True,
                delivers=False,
                category="consumable" if device else "drug",
            )
        )
    distributors = [
        Enterprise(
            serial=80_001 + index,
            uscc=uscc(rng, rng.choice(cities)),
            name=names.stem() + rng.choice(DISTRIBUTOR_ENDINGS),
            makes=False,
            delivers=True,
        )
        for index in range(DISTRIBUTORS - 2)
    ]
    for maker in makers[:2]:
        maker.delivers = True
        distributors.append(maker)
    for index, one in enumerate(distributors):
        one.home = cities[index % len(cities)]
        one.late = rng.uniform(0.004, 0.014)
        one.slow_answer = rng.uniform(0.012, 0.022)
        one.refuses = rng.uniform(0.004, 0.010)
        if index in story.WEAK_DISTRIBUTORS:
            one.late = 0.075
            one.slow_answer = 0.028
        one.platform_paid = index in story.PLATFORM_PAID_DISTRIBUTORS
        if index == story.FAILING_DISTRIBUTOR:
            one.failing = True
            one.home = story.FAILING_CITIES[0]
            one.late, one.slow_answer, one.refuses = 0.05, 0.025, 0.018
    return makers, distributors


class DeliveryRelations:
    """Which distributor brings a manufacturer's products to a city; decided once, then kept."""

    def __init__(self, rng: random.Random, distributors: list[Enterprise]) -> None:
        self._rng = rng
        self._distributors = distributors
        self._chosen: dict[tuple[str, str], Enterprise] = {}

    def distributor(self, maker: Enterprise, city: str) -> Enterprise:
        key = (maker.uscc, city)
        if key not in self._chosen:
            self._chosen[key] = self._choose(maker, city)
        return self._chosen[key]

    def _choose(self, maker: Enterprise, city: str) -> Enterprise:
        if maker.delivers and self._rng.random() < 0.7:
            return maker
        weights = []
        for one in self._distributors:
            weight = 1.0 / (0.6 + geography.kilometres(one.home, city) / 150)
            if one.failing:
                weight *= 5.0 if city in story.FAILING_CITIES and maker.serial % 4 == 1 else 0.1
            if one.makes:
                weight *= 0.15
            weights.append(weight)
        return self._rng.choices(self._distributors, weights)[0]


def decline(clock: Clock, month_index: int) -> float:
    """How many times worse than usual the failing distributor is in a month."""
    bad_months = month_index - (clock.months - 1 - story.FAILING_MONTHS)
    return 1.0 + 1.15 * max(0, min(bad_months, story.FAILING_MONTHS))
