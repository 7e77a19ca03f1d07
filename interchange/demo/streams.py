"""Opens streams: the rhythm and the distributor of each product at each institution."""

from __future__ import annotations

import random

from interchange.demo.clock import Clock
from interchange.demo.demand import Stream
from interchange.demo.enterprises import DeliveryRelations
from interchange.demo.institutions import OTHER, PRIMARY, SECONDARY, TERTIARY, Institution
from interchange.demo.products import Product

YEAR = 365
LEAST_PACKS = 10  # a year: what is needed less often is bought by others
TAKES_PART = 0.75  # a thinner province than the real one, for a demo's sake
_RHYTHM = {TERTIARY: (10, 18), SECONDARY: (19, 32), PRIMARY: (25, 38), OTHER: (25, 38)}
_LONGEST_DAYS = 42.0


class Streams:
    def __init__(self, rng: random.Random, clock: Clock, relations: DeliveryRelations) -> None:
        self._rng = rng
        self._clock = clock
        self._relations = relations
        self.by_institution: dict[str, list[Stream]] = {}

    def add(
        self,
        institution: Institution,
        product: Product,
        *,
        levels: list[tuple[int, float]],
        before: float,
        season: str,
    ) -> Stream:
        rng = self._rng
        interval = rng.uniform(*_RHYTHM[institution.level])
        fastest = max(0.001, *(rate for _, rate in levels))
        interval = max(interval, min(_LONGEST_DAYS, 1.2 / fastest))
        stream = Stream(
            product=product,
            distributor=self._relations.distributor(product.maker, institution.city),
            interval=interval,
            due=self._clock.start + rng.uniform(0, interval),
            levels=levels,
            before=before,
            season=season,
        )
        self.by_institution.setdefault(institution.code, []).append(stream)
        return stream
