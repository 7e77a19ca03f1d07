"""The sample province with its month computed, once for all tests of a file that only read it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from tests.databases.sample import SampleOf

MARCH = date(2026, 3, 1)


@pytest.fixture(scope="module")
def sample_march(sample_of: SampleOf, django_db_blocker: DjangoDbBlocker) -> Iterator[date]:
    """First day of the sample's computed month; everything is rolled back after the file."""
    with django_db_blocker.unblock(), sample_of(MARCH), transaction.atomic():
        yield MARCH
        transaction.set_rollback(True)
