"""The province's bureau, which enters the calendar, and a hospital that only reads."""

from __future__ import annotations

import pytest
from django.test import Client

from organisations.models import User
from tests.factories import organisations as make


@pytest.fixture
def reviewer(db: None) -> User:
    return make.person(make.organisation("bureau", region=make.region()), "reviewer")


@pytest.fixture
def bureau(client: Client, reviewer: User) -> Client:
    client.force_login(reviewer)
    return client


@pytest.fixture
def hospital(db: None) -> Client:
    client = Client()
    client.force_login(make.person(None, "clerk"))
    return client
