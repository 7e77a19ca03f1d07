"""The demonstration's people find work on the pages of listings; a second start adds nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from catalog.models import Inquiry, Listing, ListingRequest, MaximumPrice, ShortageEntry
from catalog.operations.demo_listings import create_demo_listings
from core.audit.record import SystemActor
from tests.factories import catalog as make
from tests.factories import organisations as people

pytestmark = pytest.mark.django_db


def test_it_is_made_once_by_the_steps_that_people_take() -> None:
    office = people.organisation("bureau", region=people.region())
    people.person(office, "clerk", "reviewer", username="province")
    maker = people.person(people.organisation("enterprise"), "clerk", username="manufacturer")
    people.person(people.organisation(), "clerk", username="hospital")
    for number in range(5):
        group = make.group()
        for price in (1, 2 + number):
            make.listing(
                product=make.product(
                    group=group, listed_price=price, manufacturer=maker.organisation
                )
            )
    by, at = SystemActor("演示"), datetime(2026, 6, 15, 2, tzinfo=UTC)
    assert create_demo_listings(by=by, at=at)
    assert not create_demo_listings(by=by, at=at)
    assert (MaximumPrice.objects.count(), ShortageEntry.objects.count()) == (3, 2)
    assert Listing.objects.filter(state="suspended").count() == 3
    assert (ListingRequest.objects.count(), Inquiry.objects.count()) == (2, 1)
