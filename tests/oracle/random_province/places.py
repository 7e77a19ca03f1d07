"""Regions, pools, institutions, consortia with members that come and go around the month, enterprises."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from ..periods import ONE_DAY, add_months
from .codes import institution_code, uscc
from .draft import Draft


@dataclass
class Places:
    province: str = ""
    cities: list[str] = field(default_factory=list)
    counties: list[str] = field(default_factory=list)
    pools: list[str] = field(default_factory=list)
    institutions: list[str] = field(default_factory=list)
    region_of: dict[str, str] = field(default_factory=dict)
    quiet: str = ""
    sleepy: str = ""
    rare_enterprise: str = ""
    manufacturers: list[str] = field(default_factory=list)
    distributors: list[str] = field(default_factory=list)


def make_places(draft: Draft) -> Places:
    places = Places(province=f"{draft.prefix}0000")
    draft.add("regions", code=places.province, name="某省", level="province", parent_code=None)
    for city_no in range(1, 4):
        city = f"{draft.prefix}{city_no:02d}00"
        places.cities.append(city)
        draft.add(
            "regions", code=city, name=f"第{city_no}市", level="city", parent_code=places.province
        )
        for county_no in range(1, 3):
            county = f"{draft.prefix}{city_no:02d}{county_no:02d}"
            places.counties.append(county)
            draft.add(
                "regions",
                code=county,
                name=f"第{city_no}市{county_no}县",
                level="county",
                parent_code=city,
            )
    for region in [*places.cities, places.province]:
        code = region[:4]
        places.pools.append(code)
        draft.add("pools", code=code, name=f"{code}统筹区", region_code=region)
    make_institutions(draft, places)
    make_consortia(draft, places)
    make_enterprises(draft, places)
    return places


def make_institutions(draft: Draft, places: Places) -> None:
    """Nine in counties, one in a city, sometimes one of the province; the last two have only designed cases."""
    regions = [
        *places.counties,
        *draft.rng.choices(places.counties, k=3),
        draft.rng.choice(places.cities),
    ]
    if draft.chance(0.5):
        regions.append(places.province)
    regions += [places.counties[1], places.counties[0]]
    for index, region in enumerate(regions):
        code = institution_code("P" if index == 7 else "H", region, index + 1)
        own_pool = region[:4] if region[:4] in places.pools else places.pools[-1]
        pool = places.pools[-1] if draft.chance(0.15) else own_pool
        draft.add(
            "institutions",
            code=code,
            name=f"第{index + 1}机构",
            region_code=region,
            pool_code=pool,
            level=draft.rng.choice(("tertiary", "secondary", "primary", "other")),
            ownership=draft.rng.choice(("public", "private", "military")),
            kind="pharmacy"
            if index == 7
            else draft.rng.choice(("hospital", "township", "community", "clinic")),
        )
        places.institutions.append(code)
        places.region_of[code] = region
    places.quiet = places.institutions.pop()
    places.sleepy = places.institutions.pop()


def make_consortia(draft: Draft, places: Places) -> None:
    """Two consortia; members join or leave on, before or after the days that decide, one moves over."""
    month, rng = draft.month, draft.rng
    long_ago = add_months(month.first_day, -30)
    picked = rng.sample(places.institutions, 7)
    first, second = picked[:4], picked[4:]
    for code, members in (("YGT1", first), ("YGT2", second)):
        draft.add(
            "consortia", code=code, name=f"{code}县域医共体", lead_institution_code=members[0]
        )
        add_member(draft, code, members[0], long_ago, None)
    decisive: list[tuple[date, date | None]] = [
        (draft.day_between(month.first_day, month.last_day), None),
        (month.last_day, None),
        (month.last_day + ONE_DAY, None),
        (long_ago, month.last_day),
        (long_ago, month.last_day - ONE_DAY),
        (long_ago, draft.day_between(month.first_day, month.last_day)),
        (month.last_day, month.last_day),
        (long_ago, None),
    ]
    for code, members in (("YGT1", first[2:]), ("YGT2", second[1:])):
        for member in members:
            add_member(draft, code, member, *rng.choice(decisive))
    mover = first[1]
    leaves = month.last_day + timedelta(days=rng.choice((-9, -1, 0, 1)))
    add_member(draft, "YGT1", mover, long_ago, leaves)
    add_member(draft, "YGT2", mover, leaves + ONE_DAY, None)


def add_member(
    draft: Draft, consortium: str, institution: str, start: date, end: date | None
) -> None:
    draft.add(
        "consortium_members",
        consortium_code=consortium,
        institution_code=institution,
        valid_from=start,
        valid_to=end,
    )


def make_enterprises(draft: Draft, places: Places) -> None:
    for index in range(7):
        manufacturer, distributor = index < 4 or index == 6, index > 2
        code = uscc(draft.rng, places.counties[index % 6])
        draft.add(
            "enterprises",
            uscc=code,
            name=f"第{index + 1}企业",
            is_manufacturer=int(manufacturer),
            is_distributor=int(distributor),
        )
        if index == 6:
            places.rare_enterprise = code
            continue
        if manufacturer:
            places.manufacturers.append(code)
        if distributor:
            places.distributors.append(code)
