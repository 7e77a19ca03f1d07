"""Fixtures for all tests: services, databases, Redis, Chromium."""

from collections.abc import Iterator
from functools import partial

import pytest
from django.conf import settings

from tests.databases import server
from tests.databases.clones import CloneInsteadOfFlush, cloned
from tests.databases.sample import SampleOf, clone_of_sample, drop_samples
from tests.databases.template import ready_template

pytest_plugins = [
    "pytester",
    "tests.plugins.services",
    "tests.plugins.static_files",
    "tests.plugins.browser",
    "tests.plugins.responses",
    "tests.plugins.collector",
    "tests.plugins.order",
    "tests.plugins.effort",
    "tests.plugins.worker",
    "tests.plugins.alone",
    "tests.plugins.personal_numbers",
]


@pytest.fixture(scope="session")
def database_template(
    django_test_environment: None, django_db_blocker: pytest.FixtureRequest
) -> str:
    """Name of the migrated database from which all others are cloned."""
    server.remember_maintenance_database()
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        return ready_template()


@pytest.fixture(scope="session")
def django_db_setup(
    database_template: str, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    """A clone for this run; tests that commit get one each (pytest-django's hook)."""
    replacement = CloneInsteadOfFlush(database_template)
    with django_db_blocker.unblock(), cloned(database_template):  # type: ignore[attr-defined]
        replacement.install()
        with django_db_blocker.block():  # type: ignore[attr-defined]
            yield
        replacement.remove()
        drop_samples()


@pytest.fixture(scope="session")
def sample_of(django_db_setup: None, database_template: str) -> SampleOf:
    """`with sample_of(month, …):` the sample province with these months computed, in a clone."""
    return partial(clone_of_sample, database_template)


@pytest.fixture
def loaded_sample(sample_of: SampleOf, django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    """The sample province, not computed, in a clone of this test's own, where commits are real."""
    with django_db_blocker.unblock(), sample_of() as name:  # type: ignore[attr-defined]
        yield name


@pytest.fixture
def fresh_database(transactional_db: None) -> str:
    """A clone of this test's own, where commits, threads and workers are real; its name."""
    return str(settings.DATABASES["default"]["NAME"])
