"""Which bureaus review an enterprise's application, and how many working days each step has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef

from catalog.queries.province_values import province_value, province_values, whole_days
from catalog.rules.applications.review import LEVEL_WORDS, ROUTE_KEY, ROUTES
from core.workdays.deadlines import Deadline, add_workdays, shanghai_day
from organisations.models import Organisation, Region
from policy.queries.read import PolicyValue


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
    return province_value(province, on, key)


def routes_of(province: Region | None, on: date) -> dict[str, tuple[str, ...]]:
    """Which levels review each kind of application, in their order, as the province has set it."""
    values = province_values(province, on)
    return {kind: tuple(values[f"{ROUTE_KEY}{kind}"].text.split("/")) for kind in ROUTES}


def deadline_of(province: Region, key: str, at: datetime) -> Deadline:
    """The last day of a step that begins at `at`."""
    days = whole_days(days_of(province, key, shanghai_day(at)))
    return add_workdays(at, days)


def ruling_province(organisation: Organisation) -> Region | None:
    """Whose policy binds an organisation: its own province's, or of one from elsewhere the first
    province that the platform serves. None where it serves none."""
    own = organisation.region
    while own is not None and own.level != Region.Level.PROVINCE:
        own = own.parent
    served = provinces_with_bureau()
    return own if own in served else next(iter(served), None)


def reviewing_levels(organisation: Organisation, on: date) -> dict[str, tuple[str, ...]]:
    """The levels by kind as this enterprise meets them: only those that have a bureau for it."""
    place = place_of(organisation)
    routes = routes_of(place.province if place else ruling_province(organisation), on)
    if place is None:
        return routes
    known = {level for level in LEVEL_WORDS if bureau_of(place.region(level)) is not None}
    return {
        kind: tuple(each for each in levels if each in known) for kind, levels in routes.items()
    }
