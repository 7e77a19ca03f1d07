"""Fixtures for all tests: services, databases, Redis, Chromium."""

from collections.abc import Iterator

import pytest
from django.conf import settings

from tests.databases import server
from tests.databases.clones import CloneInsteadOfFlush, cloned
from tests.databases.template import ready_template

pytest_plugins = [
    "tests.plugins.services",
    "tests.plugins.browser",
    "tests.plugins.effort",
    "tests.plugins.worker",
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


@pytest.fixture
def fresh_database(transactional_db: None) -> str:
    """A clone of this test's own, where commits, threads and workers are real; its name."""
    return str(settings.DATABASES["default"]["NAME"])
