"""Who buys: hospitals, township and community centres, clinics, pharmacies; county consortia."""

from __future__ import annotations

import random
from dataclasses import dataclass

from interchange.demo import geography, story
from interchange.demo.clock import Clock
from interchange.demo.codes import institution_code
from interchange.demo.names import INSTITUTION_ENDINGS, NameMaker

TERTIARY, SECONDARY, PRIMARY, OTHER = "tertiary", "secondary", "primary", "other"
# Size of the largest of a level and how fast the next ones shrink (Zipf).
_SIZES = {TERTIARY: (38.0, 0.50), SECONDARY: (9.0, 0.30), PRIMARY: (1.7, 0.26), OTHER: (0.6, 0.2)}
_ORDER_WEEKDAYS = {TERTIARY: 3, SECONDARY: 2, PRIMARY: 1, OTHER: 1}


@dataclass(slots=True, eq=False)
class Institution:
    code: str
    name: str
    region: str
    city: str
    pool: str
    level: str
    ownership: str
    kind: str
    size: float
    weekdays: tuple[int, ...]
    tardy: float = 0.0  # share of deliveries that it confirms too late
    late_payer: float = 0.0
    own_system: bool = False


@dataclass(frozen=True, slots=True)
class Consortium:
    code: str
    name: str
    lead: Institution
    members: tuple[tuple[Institution, int, int | None], ...]  # with first and last day


def build_institutions(rng: random.Random, names: NameMaker, count: int) -> list[Institution]:
    tertiary = max(3, round(count * 0.09))
    secondary = max(4, round(count * 0.335))
    other = max(1, round(count * 0.04))
    seats = _tertiary_seats(rng, tertiary)
    seats += [(region, SECONDARY, "") for region in _secondary_regions(rng, secondary)]
    seats += [(region, PRIMARY, "") for region in _primary_regions(rng, count - len(seats) - other)]
    seats += [(rng.choice(geography.counties()), OTHER, "") for _ in range(other)]
    return _found(rng, names, seats)


def _tertiary_seats(rng: random.Random, count: int) -> list[tuple[str, str, str]]:
    provincial = max(1, round(count * 0.22))
    cities = geography.cities()
    shares = geography.share_out(
        count - provincial,
        [float(geography.population(city)) for city in cities],
        1 if count - provincial >= len(cities) else 0,
    )
    capital = geography.districts(geography.CAPITAL)
    seats = [(rng.choice(capital), TERTIARY, geography.PROVINCIAL_POOL) for _ in range(provincial)]
    for city, share in zip(cities, shares, strict=True):
        seats += [(rng.choice(geography.districts(city)), TERTIARY, "") for _ in range(share)]
    return seats


def _secondary_regions(rng: random.Random, count: int) -> list[str]:
    counties = geography.counties()
    if count >= len(counties):
        return counties + rng.choices(counties, k=count - len(counties))
    wanted = [code for code in story.STORY_COUNTIES if code in counties][: count // 3]
    rest = [code for code in counties if code not in wanted]
    return wanted + rng.sample(rest, count - len(wanted))


def _primary_regions(rng: random.Random, count: int) -> list[str]:
    regions: list[str] = []
    for county in story.STORY_COUNTIES:
        regions += [county] * 4
    regions = regions[: count // 2]
    cities = geography.cities()
    weights = [float(geography.population(city)) for city in cities]
    shares = geography.share_out(count - len(regions), weights)
    for city, share in zip(cities, shares, strict=True):
        own = geography.counties(city)
        rng.shuffle(own)
        regions += [own[index % len(own)] for index in range(share)]
    return regions


def _found(
    rng: random.Random, names: NameMaker, seats: list[tuple[str, str, str]]
) -> list[Institution]:
    ranks: dict[str, list[int]] = {}
    for level in _SIZES:
        order = list(range(1, 1 + sum(1 for seat in seats if seat[1] == level)))
        rng.shuffle(order)
        ranks[level] = order
    region_names = geography.region_names()
    serials: dict[str, int] = {}
    found = []
    for region, level, pool in seats:
        kind, ownership = _kind_and_owner(rng, region, level)
        serials[region] = serials.get(region, 0) + 1
        city = geography.city_of(region)
        ending = rng.choice(INSTITUTION_ENDINGS[kind if kind != "hospital" else level])
        place = city if level == TERTIARY and not pool else region
        largest, slope = _SIZES[level]
        days = rng.sample(range(5), _ORDER_WEEKDAYS[level])
        found.append(
            Institution(
                code=institution_code(kind, region, serials[region]),
                name=region_names[place] + names.stem() + ending,
                region=region,
                city=city,
                pool=pool or city[:4],
                level=level,
                ownership=ownership,
                kind=kind,
                size=largest / ranks[level].pop() ** slope,
                weekdays=tuple(sorted(days)),
                tardy=rng.uniform(0.10, 0.22) if rng.random() < 0.11 else 0.0,
                own_system=level == TERTIARY and rng.random() < 0.7,
            )
        )
    return found


def _kind_and_owner(rng: random.Random, region: str, level: str) -> tuple[str, str]:
    if level == OTHER:
        return rng.choice(("pharmacy", "pharmacy", "clinic")), "private"
    if level == PRIMARY:
        urban = geography.region_names()[region].endswith("区")
        return ("community" if urban and rng.random() < 0.7 else "township"), "public"
    draw = rng.random()
    if level == SECONDARY and draw < 0.05 and region not in story.STORY_COUNTIES:
        return "hospital", "private"
    if level == TERTIARY and draw < 0.04:
        return "hospital", "military"
    return "hospital", "public"


def build_consortia(
    rng: random.Random, clock: Clock, institutions: list[Institution]
) -> list[Consortium]:
    """One consortium per consortium county: all of its public units, led by the county hospital.

    In the second county a township joins in the middle of the months; in the third one leaves.
    """
    names = geography.region_names()
    founded = clock.month_start(-10)
    consortia: list[Consortium] = []
    for county in story.CONSORTIUM_COUNTIES:
        own = [one for one in institutions if one.region == county and one.ownership == "public"]
        leads = [one for one in own if one.level == SECONDARY]
        townships = [one for one in own if one.level == PRIMARY][:6]
        if not leads or not townships:
            continue
        serial = len(consortia) + 1
        members: list[tuple[Institution, int, int | None]] = [(leads[0], founded, None)]
        for index, township in enumerate(townships):
            joins_late = serial in (2, 5) and index == 0
            leaves = serial == 3 and index == 1
            members.append(
                (
                    township,
                    clock.month_start(max(1, clock.months // 2)) if joins_late else founded,
                    clock.month_start(max(2, clock.months - 4)) - 1 if leaves else None,
                )
            )
        name = f"{names[county]}紧密型县域医共体"
        consortia.append(Consortium(f"YGT{serial:02d}", name, leads[0], tuple(members)))
        founded += rng.randrange(5, 25)
    return consortia
