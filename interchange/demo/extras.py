"""Purchases outside the batches: substitutes of the groups, and products of no group."""

from __future__ import annotations

import random

from interchange.demo import story
from interchange.demo.clock import Clock
from interchange.demo.demand import Need
from interchange.demo.institutions import SECONDARY, TERTIARY, Institution
from interchange.demo.products import SUBSTITUTE, Group, Loose, substitute_groups
from interchange.demo.streams import LEAST_PACKS, TAKES_PART, YEAR, Streams

_OTHERS_AMOUNT = 0.60  # spent on products outside the groups ÷ spent on selected products
_NEGOTIATED_AMOUNT = 0.35


class ExtrasBuyer:
    def __init__(
        self,
        rng: random.Random,
        clock: Clock,
        groups: list[Group],
        *,
        loose: list[Loose],
        streams: Streams,
        needs: list[Need],
    ) -> None:
        self._rng = rng
        self._clock = clock
        self._groups = {group.code: group for group in groups}
        self._loose = loose
        self._streams = streams
        self._needs = needs
        self._boomers = 0

    def buy_substitutes(self, institution: Institution) -> None:
        """Only where the group itself is bought, and mostly less from year to year."""
        rng, clock = self._rng, self._clock
        chance = {TERTIARY: 0.5, SECONDARY: 0.22}.get(institution.level, 0.0)
        if not chance:
            return
        bought = {need.group.code: need for need in self._needs if need.institution is institution}
        for code, substitutes in substitute_groups().items():
            need = bought.get(code)
            if need is None or need.group.batch is None:
                continue
            booming = (
                code == story.BOOMING_GROUP
                and self._boomers < story.BOOM_UNITS
                and rng.random() < 0.5
            )
            if not booming and rng.random() >= chance:
                continue
            product = rng.choice(self._groups[substitutes[0]].of(SUBSTITUTE))
            rate = need.prior * rng.uniform(0.08, 0.2) / product.pack / YEAR
            if rate * YEAR * 0.6 < LEAST_PACKS * 2:
                continue
            first = need.group.batch.first_day
            kept = rng.uniform(0.5, 0.75)
            levels = [(first, rate * kept), (first + YEAR, rate * kept * 0.62)]
            if booming:
                self._boomers += 1
                levels = [
                    (first, rate),
                    (clock.month_start(clock.months - 7), rate * 1.8),
                    (clock.month_start(clock.months - 4), rate * 2.6),
                ]
            self._streams.add(
                institution,
                product,
                levels=levels,
                before=rate,
                season=self._groups[substitutes[0]].season,
            )

    def buy_loose(self, institution: Institution) -> None:
        """Spends on products outside the groups in proportion to the selected amount."""
        rng = self._rng
        spent = sum(
            stream.levels[-1][1] * stream.product.cents
            for stream in self._streams.by_institution.get(institution.code, [])
            if stream.product.part == "selected"
        )
        chosen = [
            one for one in self._loose if rng.random() < one.at[institution.level] * TAKES_PART
        ]
        negotiated = [one for one in chosen if "negotiated" in one.product.tags]
        others = [one for one in chosen if one not in negotiated]
        for products, amount in ((negotiated, _NEGOTIATED_AMOUNT), (others, _OTHERS_AMOUNT)):
            for one in products:
                part = spent * amount / len(products) * rng.lognormvariate(0, 0.4)
                rate = part / one.product.cents
                if rate * YEAR < LEAST_PACKS:
                    continue
                self._streams.add(
                    institution, one.product, levels=[(0, rate)], before=rate, season=one.season
                )
