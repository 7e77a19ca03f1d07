"""The fixed cast of warning tests: 甲医院, its bureaus, its neighbour, and strangers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from monitoring.models import Warning
from organisations.models import Organisation, User
from organisations.queries.scope import Scope, scope_of
from tests.factories import organisations as make
from tests.factories import stages
from tests.factories.organisations import number

NOW = datetime(2026, 4, 2, 1, 0, tzinfo=UTC)


@dataclass
class Cast:
    """Everybody who may try to act on one warning of 甲医院."""

    hospital: Organisation
    warning: Warning
    clerk: User
    storekeeper: User
    neighbour: User
    county: User
    city: User
    province: User
    other_city: User
    health: User
    stranger: User

    def scope(self, user: User) -> Scope:
        return scope_of(user, NOW.date())


def the_cast(**fields: object) -> Cast:
    """甲医院 (own), 乙医院 (same county), 县/市/省医保, another city's bureau, 卫健委, a maker."""
    county = make.county()
    city = county.parent
    assert city is not None
    province = city.parent
    assert province is not None
    hospital = make.organisation("institution", name="甲医院", region=county)
    neighbour = make.organisation("institution", name="乙医院", region=county)
    other = make.region(parent=province)
    return Cast(
        hospital=hospital,
        warning=stages.warning(hospital, **fields),
        clerk=make.person(hospital, "clerk"),
        storekeeper=make.person(hospital, "storekeeper"),
        neighbour=make.person(neighbour, "clerk"),
        county=make.person(make.organisation("bureau", name="县医保", region=county), "clerk"),
        city=make.person(make.organisation("bureau", name="市医保", region=city), "reviewer"),
        province=make.person(make.organisation("bureau", name="省医保", region=province), "leader"),
        other_city=make.person(make.organisation("bureau", region=other), "clerk"),
        health=make.person(make.organisation("health_commission", region=county), "clerk"),
        stranger=make.person(make.organisation("enterprise"), "clerk"),
    )


def another(institution: Organisation, **fields: object) -> Warning:
    """One more warning of the institution, on a group of its own."""
    return stages.warning(institution, group_code=f"G{number()}", **fields)
