"""The sample province with its month computed, once for all tests of a file that only read it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from tests.monitoring.indicators.provinces import SAMPLE, compute, load_folder

MARCH = date(2026, 3, 1)


@pytest.fixture(scope="module")
def sample_march(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[date]:
    """First day of the sample's computed month; everything is rolled back after the file."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_folder(SAMPLE / "input")
        compute(MARCH)
        yield MARCH
        transaction.set_rollback(True)
