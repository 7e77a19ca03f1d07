"""Groups under a batch: what is reported, agreed, and bought as selected or otherwise."""

from __future__ import annotations

import random

from interchange.demo import story
from interchange.demo.casting import Cast
from interchange.demo.clock import Clock
from interchange.demo.demand import Need, standby_window
from interchange.demo.institutions import OTHER, PRIMARY, SECONDARY, TERTIARY, Institution
from interchange.demo.products import GENERIC, ORIGINATOR, STANDBY, Group, Product
from interchange.demo.streams import LEAST_PACKS, TAKES_PART, YEAR, Streams

# Chance of buying non-selected products of a group, and their usual share.
_NON_SELECTED = {
    TERTIARY: (0.85, 0.135),
    SECONDARY: (0.5, 0.125),
    PRIMARY: (0.13, 0.12),
    OTHER: (0.0, 0.0),
}


class GroupBuyer:
    def __init__(
        self, rng: random.Random, clock: Clock, groups: list[Group], *, cast: Cast, streams: Streams
    ) -> None:
        self._rng = rng
        self._clock = clock
        self._groups = groups
        self._cast = cast
        self._streams = streams
        self.needs: list[Need] = []

    def buy(self, institution: Institution) -> None:
        for group in self._groups:
            batch = group.batch
            if batch is None or institution.city not in batch.cities:
                continue
            overbuys = institution.code == self._cast.overbuyer and batch.key == "shandong"
            unreported = (
                institution.code in self._cast.unreported
                and batch.key == "alliance"
                and group.at[SECONDARY] >= 0.7
            )
            draw = self._rng.random()
            if draw < group.at[institution.level] * TAKES_PART or overbuys or unreported:
                self._buy_group(institution, group, overbuys=overbuys)

    def _buy_group(self, institution: Institution, group: Group, *, overbuys: bool) -> None:
        rng, batch = self._rng, group.batch
        if batch is None:
            return
        products = group.selected_in(institution.city)
        if len(products) > 1 and not (institution.level == TERTIARY and rng.random() < 0.7):
            products = [rng.choice(products)]
        prior = group.monthly_packs * group.packs[0] * institution.size * 12
        prior *= rng.lognormvariate(0, 0.3)
        if overbuys:
            prior *= 0.25
        if prior * 0.5 / max(product.pack for product in products) < LEAST_PACKS:
            return
        deviation = self._deviation(batch.key)
        reported = prior * (1 + deviation)
        factor = self._completion(institution) * (1.04 if group.season else 1.0)
        if overbuys:
            factor = story.OVERBUY_FACTOR * rng.uniform(0.9, 1.15)
        unreported = (
            institution.code in self._cast.unreported and batch.key == "alliance"
        ) or institution.level == OTHER
        shares = [1.0] if len(products) == 1 else [0.62, 0.38]
        agreed = {
            product.code: reported * batch.ratio * share
            for product, share in zip(products, shares, strict=True)
        }
        use = sum(agreed.values()) * factor
        share = 0.7 if unreported and institution.level != OTHER else self._share(institution)
        if share > 0.3 and not unreported:
            use *= 0.93
        non_selected = use * share / (1 - share)
        if non_selected / group.packs[-1] < LEAST_PACKS:
            non_selected = 0.0
        was_selected = prior * (0.95 if not non_selected else 0.74)
        if overbuys:
            was_selected = use * 0.8
        for product, part in zip(products, shares, strict=True):
            tilt = rng.uniform(0.96, 1.05) if len(products) > 1 else 1.0
            now = use * part * tilt / product.pack / YEAR
            before = was_selected * part / product.pack / YEAR
            before = max(before, now * 0.72)
            self._streams.add(
                institution,
                product,
                levels=self._supplied(institution, product, now),
                before=before,
                season=group.season,
            )
        if non_selected:
            self._buy_non_selected(institution, group, non_selected, prior * 0.26)
        if unreported:
            return
        self.needs.append(
            Need(
                institution,
                group,
                prior,
                reported,
                agreed,
                products,
                use,
                use + non_selected,
                deviation,
            )
        )

    def _deviation(self, batch_key: str) -> float:
        """Reported against last year's use; a few fall by more than a fifth."""
        rng = self._rng
        if batch_key == "shandong":
            return abs(rng.gauss(0.05, 0.04)) if rng.random() < 0.96 else -rng.uniform(0.03, 0.15)
        if rng.random() < 0.010:
            return -rng.uniform(0.22, 0.42)
        return max(-0.17, min(0.4, rng.gauss(0.03, 0.06)))

    def _completion(self, institution: Institution) -> float:
        """Yearly use of selected products ÷ agreed quantity."""
        rng = self._rng
        usual = story.SLOW_CITIES.get(institution.city)
        if usual is not None:
            return max(0.5, rng.gauss(usual, 0.085))
        return max(0.95, min(1.5, rng.gauss(1.1, 0.036)))

    def _share(self, institution: Institution) -> float:
        rng = self._rng
        if institution.code == self._cast.offender:
            return min(0.72, rng.gauss(story.NON_SELECTED_SHARE_OF_OFFENDER, 0.05))
        if institution.code in self._cast.followers:
            return rng.gauss(self._cast.followers[institution.code], 0.04)
        chance, usual = _NON_SELECTED[institution.level]
        if rng.random() >= chance:
            return 0.0
        return min(0.21, usual * rng.lognormvariate(-0.05, 0.35))

    def _supplied(
        self, institution: Institution, product: Product, now: float
    ) -> list[tuple[int, float]]:
        """Rate of a selected product; some weeks of short supply where the story says so."""
        group = product.group
        if group is None or group.batch is None:
            return [(0, now)]
        start = group.batch.first_day
        levels = [(start, now)]
        if group.code == story.STANDBY_GROUP and institution.city in story.STANDBY_CITIES:
            first, last = standby_window(self._clock)
            if first > start:
                levels += [(first, now * 0.55), (last + 1, now)]
                standby = group.of(STANDBY)
                if standby and institution.level != PRIMARY:
                    rate = now * product.pack * 0.5 / standby[0].pack
                    levels_there = [(first, rate), (last + 1, 0.0)]
                    stream = self._streams.add(
                        institution, standby[0], levels=levels_there, before=0.0, season=""
                    )
                    stream.due = first + self._rng.uniform(0, stream.interval)
        return levels

    def _buy_non_selected(
        self, institution: Institution, group: Group, yearly: float, before: float
    ) -> None:
        rng = self._rng
        start = group.batch.first_day if group.batch else 0
        candidates = group.of(ORIGINATOR, GENERIC)
        weights = [2.2 if one.part == ORIGINATOR else 1.0 for one in candidates]
        product = rng.choices(candidates, weights)[0]
        now = yearly / product.pack / YEAR
        past = min(max(before / product.pack / YEAR, now), now * 2.5)
        self._streams.add(
            institution, product, levels=[(start, now)], before=past, season=group.season
        )
