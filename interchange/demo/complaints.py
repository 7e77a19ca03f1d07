"""Complaints: what goes wrong with a line makes somebody write, and most are answered."""

from __future__ import annotations

import random

from interchange.demo.clock import DAY, HOUR, Clock
from interchange.demo.enterprises import Enterprise
from interchange.demo.institutions import Institution
from interchange.demo.lines import Line, Outcome
from interchange.demo.products import Product

_OTHER_CATEGORIES = (
    "form_or_strength",
    "packaging",
    "unclear_lot",
    "quality",
    "pre_price_lower",
    "abnormal_price",
    "selective_delivery",
    "refused_after_agreed",
    "other",
)
_ENTERPRISE_CATEGORIES = ("not_paid", "not_received", "abnormal_order")
CLUSTER_SIZE = 7


class Complaints:
    def __init__(self, rng: random.Random, clock: Clock) -> None:
        self._rng = rng
        self._clock = clock
        self._filed: list[tuple[int, list[object]]] = []
        self._failing: dict[str, tuple[Product, Enterprise, dict[str, Institution]]] = {}

    def after(self, line: Line, outcome: Outcome) -> None:
        """Perhaps somebody complains about what became of a line."""
        rng = self._rng
        filed = outcome.known_at + rng.randrange(2 * HOUR, 2 * DAY)
        if line.head.distributor.failing and line.batch is not None:
            product = line.stream.product
            seen = self._failing.setdefault(product.code, (product, line.head.distributor, {}))
            seen[2][line.head.institution.code] = line.head.institution
        if outcome.late_days >= 2 and rng.random() < 0.03:
            self._file(line, "late_delivery", filed)
        elif outcome.refused == "out_of_stock" and rng.random() < 0.10:
            self._file(line, "shortage", filed)
        elif rng.random() < 0.0005:
            self._file(line, rng.choice(_OTHER_CATEGORIES), filed)
        elif line.head.institution.late_payer and rng.random() < 0.0012:
            self._file(line, "not_paid", filed + 50 * DAY, by="enterprise")
        elif rng.random() < 0.0001:
            self._file(line, rng.choice(_ENTERPRISE_CATEGORIES), filed, by="enterprise")

    def cluster(self) -> None:
        """Many institutions complain about one product of the failing distributor."""
        if not self._failing:
            return
        product, distributor, seen = max(
            self._failing.values(), key=lambda one: (len(one[2]), one[0].code)
        )
        last = self._clock.cutoff_day - 8
        for institution in list(seen.values())[:CLUSTER_SIZE]:
            day = last - self._rng.randrange(0, 20)
            filed = day * DAY + self._rng.randrange(9 * HOUR, 17 * HOUR)
            self._write(institution, product, distributor, category="shortage", filed=filed)

    def _file(self, line: Line, category: str, filed: int, by: str = "") -> None:
        hour = filed % DAY // HOUR
        if not 8 <= hour < 18:
            filed += (9 - hour) % 24 * HOUR
        product = line.stream.product
        self._write(
            line.head.institution,
            product,
            line.head.distributor,
            category=category,
            filed=filed,
            by=by,
        )

    def _write(
        self,
        institution: Institution,
        product: Product,
        distributor: Enterprise,
        *,
        category: str,
        filed: int,
        by: str = "",
    ) -> None:
        rng, clock = self._rng, self._clock
        careless = 0.3 if distributor.failing else 0.07
        replied: int | None = filed + rng.randrange(HOUR, 40 * HOUR)
        if rng.random() < careless:
            replied = filed + rng.randrange(6 * DAY, 12 * DAY) if rng.random() < 0.6 else None
        promised = resolved = None
        if replied is not None:
            if rng.random() < 0.92:
                promised = replied // DAY + rng.randrange(1, 6)
            until = promised if promised is not None else replied // DAY + 4
            span = max(2 * HOUR, until * DAY + 16 * HOUR - replied)
            resolved = replied + rng.randrange(HOUR, span)
            if rng.random() < careless * 1.3:
                resolved = until * DAY + rng.randrange(2 * DAY, 15 * DAY)
            if rng.random() < 0.03:
                resolved = None
        if filed >= clock.cutoff:
            return
        known = replied is not None and replied < clock.cutoff
        row: list[object] = [
            by or "institution",
            institution.code,
            product.maker.uscc,
            distributor.uscc,
            product.code,
            category,
            clock.stamp(filed),
            clock.stamp(replied) if replied is not None and known else "",
            clock.texts[promised] if promised is not None and known else "",
            clock.stamp(resolved) if resolved is not None and resolved < clock.cutoff else "",
        ]
        self._filed.append((filed, row))

    def rows(self) -> list[list[object]]:
        """All complaints by time of filing, numbered."""
        self._filed.sort(key=lambda one: (one[0], str(one[1])))
        return [[f"TS{number:05d}", *row] for number, (_, row) in enumerate(self._filed, 1)]
