"""The sample province with two months computed and one reader of each kind, for files that only read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.db import transaction
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from organisations.models import Organisation, Pool, Region, User
from tests.databases.sample import SampleOf
from tests.factories import organisations as make

FEBRUARY, MARCH = date(2026, 2, 1), date(2026, 3, 1)
HOSPITAL = "H36010300001"

Reader = Callable[[str], Client]


@pytest.fixture(scope="module")
def sample(sample_of: SampleOf, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, User]]:
    """Readers by name; everything is rolled back after the file."""
    with django_db_blocker.unblock(), sample_of(FEBRUARY, MARCH), transaction.atomic():
        yield _readers()
        transaction.set_rollback(True)


def _readers() -> dict[str, User]:
    roles = ("clerk", "reviewer")
    hospital = Organisation.objects.get(code=HOSPITAL)
    county = hospital.region
    assert county is not None
    assert county.parent is not None
    makers = Organisation.objects.filter(
        kind="enterprise", is_manufacturer=True, is_distributor=False
    )
    agency = make.organisation(
        "agency", pool=Pool.objects.get(code="3601"), region=Region.objects.get(code="360100")
    )
    return {
        "province": make.person(_bureau("360000"), *roles),
        "city": make.person(_bureau(county.parent.code), *roles),
        "county": make.person(_bureau(county.code), *roles),
        "hospital": make.person(hospital, *roles),
        "agency": make.person(agency, *roles),
        "maker": make.person(makers.order_by("code")[0], *roles),
        "other maker": make.person(makers.order_by("code")[1], *roles),
        **{
            kind: make.person(
                make.organisation(kind, region=Region.objects.get(code="360000")), *roles
            )
            for kind in ("health_commission", "finance", "regulator")
        },
        "county finance": make.person(make.organisation("finance", region=county), *roles),
        "discipline": make.person(
            make.organisation("discipline", region=Region.objects.get(code="360000")), *roles
        ),
    }


def _bureau(code: str) -> Organisation:
    region = Region.objects.get(code=code)
    found = Organisation.objects.filter(kind="bureau", region=region).first()
    return found or make.organisation("bureau", region=region)


@pytest.fixture
def reader(sample: dict[str, User]) -> Reader:
    """A signed-in client of one of the readers."""

    def sign_in(name: str) -> Client:
        client = Client()
        client.force_login(sample[name])
        return client

    return sign_in
