"""What each institution needs: one stream of purchases per institution and product.

A stream has a rate in packs per day that changes on given days (a batch begins, a substitute
is pushed back), a season, and a rhythm: each order covers the days until the next one, so that
receipts run a little ahead of use, as a store-room does.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from interchange.demo import story
from interchange.demo.clock import Clock
from interchange.demo.enterprises import DeliveryRelations, Enterprise
from interchange.demo.institutions import OTHER, PRIMARY, SECONDARY, TERTIARY, Institution
from interchange.demo.products import (
    GENERIC,
    ORIGINATOR,
    STANDBY,
    SUBSTITUTE,
    Group,
    Loose,
    Product,
    substitute_groups,
)

YEAR = 365
LEAST_PACKS = 10  # a year: what is needed less often is bought by others
_RHYTHM = {TERTIARY: (10, 18), SECONDARY: (19, 32), PRIMARY: (25, 38), OTHER: (25, 38)}
# Chance of buying non-selected products of a group, and their usual share.
_NON_SELECTED = {
    TERTIARY: (0.85, 0.135), SECONDARY: (0.5, 0.125), PRIMARY: (0.13, 0.12), OTHER: (0.0, 0.0),
}
_WINTER = (1.42, 1.2, 1.06, 0.95, 0.87, 0.82, 0.8, 0.82, 0.9, 1.0, 1.14, 1.34)  # by month
_TAKES_PART = 0.82  # a thinner province than the real one, for a demo's sake
_OTHERS_AMOUNT = 0.66  # spent on products outside the groups ÷ spent on selected products
_NEGOTIATED_AMOUNT = 0.35


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
    streams: dict[str, list[Stream]] = field(default_factory=dict)
    needs: list[Need] = field(default_factory=list)
    offender: str = ""
    overbuyer: str = ""
    unreported: tuple[str, ...] = ()
    story_units: dict[str, str] = field(default_factory=dict)


def season_factor(season: str, month: int) -> float:
    return _WINTER[month - 1] if season == "respiratory" else 1.0


class DemandBuilder:
    def __init__(
        self,
        rng: random.Random,
        clock: Clock,
        institutions: list[Institution],
        groups: list[Group],
        loose: list[Loose],
        relations: DeliveryRelations,
        consortium_members: set[str],
    ) -> None:
        self._rng = rng
        self._clock = clock
        self._institutions = institutions
        self._groups = {group.code: group for group in groups}
        self._loose = loose
        self._relations = relations
        self._members = consortium_members
        self._followers: dict[str, float] = {}
        self._boomers = 0
        self.demand = Demand()

    def build(self) -> Demand:
        self._cast()
        for institution in self._institutions:
            self.demand.streams[institution.code] = []
            self._buy_groups(institution)
            self._buy_substitutes(institution)
            self._buy_loose(institution)
        return self.demand

    def _cast(self) -> None:
        """Chooses who plays the parts of the story, away from counties that play another."""
        rng = self._rng
        free = [
            one
            for one in self._institutions
            if one.ownership == "public"
            and one.code not in self._members
            and one.region not in story.STORY_COUNTIES
            and one.city not in story.SLOW_CITIES
        ]
        tertiary = [one for one in free if one.level == TERTIARY]
        secondary = [one for one in free if one.level == SECONDARY]
        rng.shuffle(secondary)
        self.demand.offender = min(tertiary, key=lambda one: abs(one.size - 14)).code
        for one in secondary[: story.FOLLOWERS]:
            self._followers[one.code] = rng.uniform(*story.NON_SELECTED_SHARE_OF_FOLLOWERS)
        rest = secondary[story.FOLLOWERS :] or secondary
        self.demand.overbuyer = rest[0].code
        self.demand.unreported = tuple(one.code for one in rest[1 : 1 + story.UNREPORTED_UNITS])

    def _add(
        self,
        institution: Institution,
        product: Product,
        levels: list[tuple[int, float]],
        before: float,
        season: str,
    ) -> Stream:
        rng = self._rng
        interval = rng.uniform(*_RHYTHM[institution.level])
        slowest = max(0.001, max(rate for _, rate in levels))
        interval = max(interval, min(42.0, 1.2 / slowest))
        stream = Stream(
            product=product,
            distributor=self._relations.distributor(product.maker, institution.city),
            interval=interval,
            due=self._clock.start + rng.uniform(0, interval),
            levels=levels,
            before=before,
            season=season,
        )
        self.demand.streams[institution.code].append(stream)
        return stream

    def _buy_groups(self, institution: Institution) -> None:
        for group in self._groups.values():
            batch = group.batch
            if batch is None or institution.city not in batch.cities:
                continue
            overbuys = institution.code == self.demand.overbuyer and batch.key == "shandong"
            unreported = (
                institution.code in self.demand.unreported
                and batch.key == "alliance"
                and group.at[SECONDARY] >= 0.7
            )
            draw = self._rng.random()
            if draw < group.at[institution.level] * _TAKES_PART or overbuys or unreported:
                self._buy_group(institution, group, overbuys=overbuys)

    def _buy_group(self, institution: Institution, group: Group, *, overbuys: bool) -> None:
        rng, batch = self._rng, group.batch
        assert batch is not None
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
        factor = self._completion(institution)
        if overbuys:
            factor = story.OVERBUY_FACTOR * rng.uniform(0.9, 1.15)
        unreported = (
            institution.code in self.demand.unreported and batch.key == "alliance"
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
        start = batch.first_day
        was_selected = prior * (0.95 if not non_selected else 0.74)
        if overbuys:
            was_selected = use * 0.8
        for product, part in zip(products, shares, strict=True):
            tilt = rng.uniform(0.96, 1.05) if len(products) > 1 else 1.0
            now = use * part * tilt / product.pack / YEAR
            before = was_selected * part / product.pack / YEAR
            before = max(before, now * 0.72)
            self._add(institution, product, self._supplied(group, product, institution, start, now),
                      before, group.season)
        if non_selected:
            self._buy_non_selected(institution, group, non_selected, prior * 0.26)
        if unreported:
            return
        self.demand.needs.append(
            Need(institution, group, prior, reported, agreed, products, use, use + non_selected,
                 deviation)
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
            return max(0.5, rng.gauss(usual, 0.10))
        return max(0.95, min(1.5, rng.gauss(1.09, 0.038)))

    def _share(self, institution: Institution) -> float:
        rng = self._rng
        if institution.code == self.demand.offender:
            return min(0.72, rng.gauss(story.NON_SELECTED_SHARE_OF_OFFENDER, 0.05))
        if institution.code in self._followers:
            return rng.gauss(self._followers[institution.code], 0.04)
        chance, usual = _NON_SELECTED[institution.level]
        if rng.random() >= chance:
            return 0.0
        return min(0.21, usual * rng.lognormvariate(-0.05, 0.35))

    def _supplied(
        self, group: Group, product: Product, institution: Institution, start: int, now: float
    ) -> list[tuple[int, float]]:
        """Rate of a selected product; some weeks of short supply where the story says so."""
        levels = [(start, now)]
        if group.code == story.STANDBY_GROUP and institution.city in story.STANDBY_CITIES:
            first, last = standby_window(self._clock)
            if first > start:
                levels += [(first, now * 0.55), (last + 1, now)]
                standby = group.of(STANDBY)
                if standby and institution.level != PRIMARY:
                    rate = now * product.pack * 0.5 / standby[0].pack
                    levels_there = [(first, rate), (last + 1, 0.0)]
                    stream = self._add(institution, standby[0], levels_there, 0.0, "")
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
        self._add(institution, product, [(start, now)], past, group.season)

    def _buy_substitutes(self, institution: Institution) -> None:
        """Only where the group itself is bought, and mostly less from year to year."""
        rng, clock = self._rng, self._clock
        chance = {TERTIARY: 0.5, SECONDARY: 0.28}.get(institution.level, 0.0)
        if not chance:
            return
        bought = {need.group.code: need for need in self.demand.needs
                  if need.institution is institution}
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
            levels = [(first, rate * kept), (first + YEAR, rate * kept * 0.75)]
            if booming:
                self._boomers += 1
                levels = [
                    (first, rate),
                    (clock.month_start(clock.months - 7), rate * 1.8),
                    (clock.month_start(clock.months - 4), rate * 2.6),
                ]
            self._add(institution, product, levels, rate, self._groups[substitutes[0]].season)

    def _buy_loose(self, institution: Institution) -> None:
        """Spends on products outside the groups in proportion to the selected amount."""
        rng = self._rng
        spent = sum(
            stream.levels[-1][1] * stream.product.cents
            for stream in self.demand.streams[institution.code]
            if stream.product.part == "selected"
        )
        chosen = [
            one for one in self._loose if rng.random() < one.at[institution.level] * _TAKES_PART
        ]
        negotiated = [one for one in chosen if "negotiated" in one.product.tags]
        others = [one for one in chosen if one not in negotiated]
        for products, amount in ((negotiated, _NEGOTIATED_AMOUNT), (others, _OTHERS_AMOUNT)):
            for one in products:
                part = spent * amount / len(products) * rng.lognormvariate(0, 0.4)
                rate = part / one.product.cents
                if rate * YEAR < LEAST_PACKS:
                    continue
                self._add(institution, one.product, [(0, rate)], rate, one.season)


def standby_window(clock: Clock) -> tuple[int, int]:
    """First and last day of the weeks in which standby products were needed."""
    first = clock.month_start(max(1, clock.months - 7)) + 9
    return first, first + 52
