"""The directory of an authority: its own subtree, all enterprises, and nobody else's hospitals."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from organisations.models import Organisation, Region
from tests.factories import organisations as make

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Places:
    city: Region
    other_city: Region
    county: Region
    own: Organisation
    foreign: Organisation
    bureau: Organisation


@pytest.fixture
def places() -> Places:
    province = make.region()
    city, other = make.region(parent=province), make.region(parent=province)
    county = make.region(parent=city)
    return Places(
        city, other, county,
        make.organisation(code="H-OWN", name="甲医院", region=county, initials="jyy"),
        make.organisation(code="H-FOREIGN", name="丙医院", region=make.region(parent=other)),
        make.organisation("bureau", region=city),
    )  # fmt: skip


@pytest.fixture
def officer(client: Client, places: Places) -> Client:
    client.force_login(make.person(places.bureau, "clerk"))
    return client


def _codes(client: Client, query: str = "") -> set[str]:
    answer = client.get(f"/directory/?{query}")
    assert answer.status_code == 200
    return {row.code for row in answer.context["rows"]}


def test_directory_has_the_own_subtree_and_all_enterprises(officer: Client, places: Places) -> None:
    enterprise = make.organisation("enterprise")
    assert _codes(officer) == {"H-OWN", places.bureau.code, enterprise.code}


def test_filters(officer: Client, places: Places) -> None:
    distributor = make.organisation("enterprise", is_manufacturer=False, is_distributor=True)
    assert _codes(officer, "kind=institution") == {"H-OWN"}
    assert _codes(officer, f"region={places.city.code}") == {"H-OWN", places.bureau.code}
    assert _codes(officer, f"region={places.other_city.code}") == set()
    assert _codes(officer, f"pool={places.own.pool.code}") == {"H-OWN"}  # type: ignore[union-attr]
    assert _codes(officer, "supplies=distributor") == {distributor.code}
    assert _codes(officer, "q=jyy") == {"H-OWN"}
    assert _codes(officer, "q=H-F") == set()


def test_regions_count_what_is_seen(officer: Client, places: Places) -> None:
    context = officer.get("/directory/regions/").context
    counts = {row.region.pk: row.institutions for row in context["cities"]}
    assert counts == {places.city.pk: 1, places.other_city.pk: 0}
    pools = {row.pool.pk: row.institutions for row in context["pools"]}
    assert pools[places.own.pool_id] == 1 and pools[places.foreign.pool_id] == 0


def test_hospital_has_no_directory(client: Client, places: Places) -> None:
    client.force_login(make.person(places.own, "leader"))
    assert client.get("/directory/").status_code == 404
    assert client.get("/directory/regions/").status_code == 404


def test_agency_finds_the_hospitals_of_its_pool(client: Client, places: Places) -> None:
    agency = make.organisation("agency", region=places.city, pool=places.own.pool)
    client.force_login(make.person(agency, "clerk"))
    assert _codes(client, "kind=institution") == {"H-OWN"}


@pytest.mark.parametrize("path", ["/directory/", "/directory/regions/", "/directory/export/"])
def test_budget_does_not_grow_with_rows(officer: Client, places: Places, path: str) -> None:
    counts = []
    officer.get(path)
    for _ in range(2):
        with CaptureQueriesContext(connection) as caught:
            assert officer.get(path).status_code == 200
        counts.append(len(caught))
        for _ in range(2):
            make.organisation(region=make.region(parent=places.city))
    # Two of them read the person's kept columns and saved views.
    assert counts[0] == counts[1] <= 11
