"""Volume reports and tripartite agreements, added up to the unit that reports."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from interchange.demo import story
from interchange.demo.batches import Batch
from interchange.demo.clock import DAY, HOUR, Clock
from interchange.demo.demand import Need
from interchange.demo.enterprises import DeliveryRelations
from interchange.demo.institutions import Consortium, Institution
from interchange.demo.products import Group, Product

_REASONS = (
    "门诊量下降，用量减少",
    "新增病区，需求增加",
    "临床路径调整",
    "上年集中备货，本年按实际需要报",
    "学科建设，收治病种变化",
)


@dataclass(slots=True, eq=False)
class UnitNeed:
    unit: Institution
    group: Group
    prior: float = 0.0
    reported: float = 0.0
    use: float = 0.0
    total: float = 0.0
    deviation: float = 0.0
    agreed: dict[str, float] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)


def reporting_unit(institution: Institution, consortia: list[Consortium], day: int) -> Institution:
    """The lead of the consortium that it belongs to on the day, or itself."""
    for consortium in consortia:
        for member, first, last in consortium.members:
            if member is institution and first <= day and (last is None or day <= last):
                return consortium.lead
    return institution


def units_needs(
    needs: list[Need], consortia: list[Consortium], year: int
) -> dict[str, list[UnitNeed]]:
    """Needs of an agreement year by batch key, members added to their leads."""
    found: dict[tuple[str, str], UnitNeed] = {}
    for need in needs:
        batch = need.group.batch
        if batch is None or year > len(batch.years):
            continue
        unit = reporting_unit(need.institution, consortia, batch.years[year - 1][0])
        key = (unit.code, need.group.code)
        total = found.setdefault(key, UnitNeed(unit, need.group))
        total.prior += need.prior
        total.reported += need.reported
        total.use += need.use
        total.total += need.total
        total.deviation = max(total.deviation, need.deviation, key=abs)
        for product in need.products:
            total.products[product.code] = product
            agreed = total.agreed.get(product.code, 0.0) + need.agreed[product.code]
            total.agreed[product.code] = agreed
    result: dict[str, list[UnitNeed]] = {}
    for unit_need in found.values():
        if unit_need.group.batch is not None:
            result.setdefault(unit_need.group.batch.key, []).append(unit_need)
    return result


class Volumes:
    """Writes the rows of volume_reports.csv and agreements.csv."""

    def __init__(
        self,
        rng: random.Random,
        clock: Clock,
        batches: dict[str, Batch],
        *,
        needs: list[Need],
        consortia: list[Consortium],
        relations: DeliveryRelations,
    ) -> None:
        self._rng = rng
        self._clock = clock
        self._batches = batches
        self._needs = needs
        self._consortia = consortia
        self._relations = relations
        self._serial = 0
        self.reports: list[list[object]] = []
        self.agreements: list[list[object]] = []

    def build(self) -> None:
        for batch in self._batches.values():
            for year in range(1, len(batch.years) + 1):
                start = batch.years[year - 1][0]
                needs = units_needs(self._needs, self._consortia, year).get(batch.key, [])
                if start < self._clock.cutoff_day:
                    self._year(batch, year, needs, start)
                elif start - self._clock.cutoff_day < 62:
                    self._next_year_reports(batch, year, needs)

    def _year(self, batch: Batch, year: int, needs: list[UnitNeed], start: int) -> None:
        by_unit: dict[str, list[UnitNeed]] = {}
        for need in needs:
            by_unit.setdefault(need.unit.code, []).append(need)
        for unit_needs in by_unit.values():
            submitted = (start - self._rng.randrange(36, 70)) * DAY + self._office_second()
            for need in unit_needs:
                if year > 1:
                    self._renew(need, batch)
                self._report(batch, year, need, submitted)
            self._agree(batch, year, unit_needs, start)

    def _renew(self, need: UnitNeed, batch: Batch) -> None:
        """The next year's report follows last year's use; slow cities report as before."""
        if need.unit.city in story.SLOW_CITIES:
            reported = need.reported * 0.98
        else:
            agreed = need.use / self._rng.gauss(1.14, 0.04)
            reported = max(0.85 * need.total, min(1.2 * need.total, agreed / batch.ratio))
        scale = reported / need.reported
        need.prior = need.total
        need.reported = reported
        need.deviation = reported / need.prior - 1
        need.agreed = {code: value * scale for code, value in need.agreed.items()}

    def _office_second(self) -> int:
        return self._rng.randrange(8 * HOUR + 1800, 17 * HOUR + 1800)

    def _report(self, batch: Batch, year: int, need: UnitNeed, submitted: int) -> None:
        rng = self._rng
        prior = round(need.prior * rng.uniform(0.985, 1.015))
        reported = max(1, round(need.reported))
        explanation = ""
        if rng.random() < 0.0022:
            prior = round(reported / rng.uniform(2.6, 3.4))
        deviation = (reported - prior) / prior if prior else 0.0
        explained = rng.random() < (0.5 if abs(deviation) > 0.2 else 0.05)
        if explained or (-0.2 <= deviation < 0 and batch.key == "shandong" and rng.random() < 0.7):
            explanation = rng.choice(_REASONS)
        draw = rng.random()
        status = "approved" if draw < 0.985 else "submitted" if draw < 0.995 else "returned"
        self.reports.append(
            [
                batch.code,
                year,
                need.unit.code,
                need.group.code,
                reported,
                prior,
                explanation,
                self._clock.stamp(submitted + rng.randrange(0, 600)),
                status,
            ]
        )

    def _next_year_reports(self, batch: Batch, year: int, needs: list[UnitNeed]) -> None:
        """Reporting that is under way on the last day: drafts, submitted, returned, approved."""
        rng, clock = self._rng, self._clock
        for need in needs:
            if rng.random() < 0.12:
                continue
            self._renew(need, batch)
            status = rng.choices(("draft", "submitted", "returned", "approved"), (22, 48, 6, 24))[0]
            stamp = ""
            if status != "draft":
                stamp = clock.stamp(
                    (clock.cutoff_day - rng.randrange(1, 13)) * DAY + self._office_second()
                )
            reported, prior = max(1, round(need.reported)), round(need.prior)
            explanation = rng.choice(_REASONS) if abs(reported / prior - 1) > 0.2 else ""
            self.reports.append(
                [
                    batch.code,
                    year,
                    need.unit.code,
                    need.group.code,
                    reported,
                    prior,
                    explanation,
                    stamp,
                    status,
                ]
            )

    def _agree(self, batch: Batch, year: int, needs: list[UnitNeed], start: int) -> None:
        documents: dict[tuple[str, str], list[tuple[Product, int]]] = {}
        unit = needs[0].unit
        for need in needs:
            for code, quantity in need.agreed.items():
                product = need.products[code]
                distributor = self._relations.distributor(product.maker, unit.city)
                lines = documents.setdefault((product.maker.uscc, distributor.uscc), [])
                lines.append((product, max(1, round(quantity))))
        for (maker, carrier), lines in documents.items():
            self._serial += 1
            number = f"XY{self._clock.texts[start][:4]}{self._serial:06d}"
            signed = list(self._signatures(batch, unit, start))
            for product, quantity in lines:
                price = price_on(product, start)
                self.agreements.append(
                    [
                        number,
                        batch.code,
                        year,
                        unit.code,
                        maker,
                        carrier,
                        product.code,
                        quantity,
                        f"{price // 100}.{price % 100:02d}",
                        *signed,
                    ]
                )

    def _signatures(self, batch: Batch, unit: Institution, start: int) -> Iterator[str]:
        rng, clock = self._rng, self._clock
        never = rng.choices((None, 0, 1, 2), (0.9945, 0.0025, 0.0015, 0.0015))[0]
        refuses = unit.region == story.UNSIGNED_COUNTY and batch.key in ("alliance", "province")
        late = rng.random() < 0.02
        for party in range(3):
            instant = (start - rng.randrange(2, 25)) * DAY + self._office_second()
            if late and party == 0:
                instant = (start + rng.randrange(4, 75)) * DAY + self._office_second()
            missing = party == never or (refuses and party == 0)
            yield "" if missing or instant >= clock.cutoff else clock.stamp(instant)


def price_on(product: Product, day: int) -> int:
    """Price of a pack in cents on a day."""
    if product.cut_day and day >= product.cut_day:
        return product.cut_cents
    return product.cents
