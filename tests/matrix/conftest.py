"""One world for the whole package, in a database of its own."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from config import health
from tests.databases.clones import cloned
from tests.matrix.world import World, build_world


@pytest.fixture(scope="package")
def world(
    django_db_setup: None, database_template: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[World]:
    """Committed into a clone; every request of the tests is rolled back.

    Thousands of refusals are meant; their log lines would only cost time.
    """
    logging.disable(logging.CRITICAL)
    with pytest.MonkeyPatch.context() as patch:
        # No worker runs here; each of the actors would wait its second for an answer.
        patch.setattr(health, "_WORKER_ANSWER_SECONDS", 0.05)
        yield from _built(database_template, django_db_blocker)
    logging.disable(logging.NOTSET)


def _built(database_template: str, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), cloned(database_template):
        yield build_world()
