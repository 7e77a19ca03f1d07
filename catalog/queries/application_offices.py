"""Which bureaus review an enterprise's application, and how many working days each step has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef

from core.workdays.deadlines import Deadline, add_workdays, shanghai_day
from organisations.models import Organisation, Region
from policy.queries.read import (
    MissingPolicyValue,
    PolicyValue,
    fallback_value,
    province_policy_on,
    value_of,
)


@dataclass(frozen=True)
class Place:
    """Where an enterprise stands for its applications; county and city may be unknown."""

    province: Region
    city: Region | None = None
    county: Region | None = None

    def region(self, level: str) -> Region | None:
        return {"county": self.county, "city": self.city, "province": self.province}[level]


def provinces_with_bureau() -> list[Region]:
    """The provinces that this platform serves."""
    bureaus = Organisation.objects.filter(kind="bureau", is_active=True, region=OuterRef("pk"))
    return list(Region.objects.filter(Exists(bureaus), level="province").order_by("code"))


def place_of(organisation: Organisation, chosen: Region | None = None) -> Place | None:
    """By its own region; one from elsewhere applies to the only province here, or to `chosen`.

    None where several provinces are served and none was chosen.
    """
    chain: dict[str, Region] = {}
    region = organisation.region
    while region is not None:
        chain[region.level] = region
        region = region.parent
    served = provinces_with_bureau()
    own = chain.get("province")
    if own is not None and (chosen is None or chosen == own) and own in served:
        return Place(own, chain.get("city"), chain.get("county"))
    if chosen is not None:
        return Place(chosen) if chosen in served else None
    return Place(served[0]) if len(served) == 1 else None


def bureau_of(region: Region | None) -> Organisation | None:
    if region is None:
        return None
    return Organisation.objects.filter(kind="bureau", region=region, is_active=True).first()


def path_of(place: Place, levels: tuple[str, ...]) -> list[str]:
    """The levels of the route that have a bureau for this enterprise; the province always has one."""
    return [level for level in levels if bureau_of(place.region(level)) is not None]


def days_of(province: Region, key: str, on: date) -> PolicyValue:
    """The working days of a step by the province's policy, else the platform's own value."""
    policy = province_policy_on(province.code, on)
    if policy is not None:
        try:
            found = value_of(policy.code, key, on)
        except MissingPolicyValue:
            found = None
        if found is not None and found.in_force:
            return found
    return fallback_value(key, on)


def deadline_of(province: Region, key: str, at: datetime) -> Deadline:
    """The last day of a step that begins at `at`."""
    days = int(days_of(province, key, shanghai_day(at)).number)
    return add_workdays(at, days)
