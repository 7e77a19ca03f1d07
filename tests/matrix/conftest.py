"""One world for the whole package, in a database of its own."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.expressions import Col
from django.test import client as django_client
from django.urls import ResolverMatch, URLResolver
from pytest_django.plugin import DjangoDbBlocker

from config import health
from organisations.views import session_rules
from tests.databases.clones import cloned
from tests.matrix.world import World, build_world
from tests.plugins.personal_numbers import READER


@pytest.fixture(scope="package")
def world(
    django_db_setup: None, database_template: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[World]:
    """Committed into a clone; every request of the tests is rolled back.

    Thousands of refusals are meant; writing their log lines would only cost time. They are read for
    numbers of persons all the same.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logging.Logger, "callHandlers", lambda logger, record: READER.handle(record))
        # No worker runs here; each of the actors would wait its second for an answer.
        patch.setattr(health, "_WORKER_ANSWER_SECONDS", 0.05)
        # The hour of a session's use is rolled back with its request, so each would write it anew.
        patch.setattr(session_rules, "WRITTEN_EVERY", timedelta(days=1))
        # Nobody here asks an answer for its templates: no copies of their contexts.
        patch.setattr(django_client, "store_rendered_templates", _not_kept)
        patch.setattr(URLResolver, "resolve", _found_once(URLResolver.resolve))
        # Django binds each column's signature anew to hash it, a tenth of a request.
        patch.setattr(Col, "__hash__", _by_place)
        yield from _built(database_template, django_db_blocker)


def _not_kept(store: Any, signal: Any, sender: Any, **named: Any) -> None:
    """In place of Django's keeper of each template with its context."""


def _by_place(column: Col) -> int:
    """Equal for equal columns, as what Django itself compares holds both."""
    return hash((column.alias, column.target.attname))


def _found_once(resolve: Any) -> Any:
    """What leads to an address is looked up once: two dozen actors ask each."""
    known: dict[tuple[URLResolver, str], ResolverMatch] = {}

    def resolve_once(self: URLResolver, path: str) -> ResolverMatch:
        key = (self, str(path))
        if key not in known:
            known[key] = resolve(self, path)
        return known[key]

    return resolve_once


def _built(database_template: str, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), cloned(database_template):
        yield build_world()
