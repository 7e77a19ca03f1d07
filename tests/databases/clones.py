"""Clones of the template: one for a run, a fresh one for each test that commits."""

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.test import TransactionTestCase

from tests.databases import server
from tests.databases.pointing import point_at, set_database

_numbers = itertools.count()


def new_clone(template: str) -> str:
    """Clone `template` and return the clone's name, which carries our pid."""
    name = f"{server.CLONE_PREFIX}{os.getpid()}_{next(_numbers)}"
    with server.owner_cursor() as cursor:
        server.create(cursor, name, template)
    return name


def drop_clone(name: str) -> None:
    connections.close_all()
    with server.owner_cursor() as cursor:
        server.drop(cursor, name)


@contextmanager
def cloned(template: str) -> Iterator[str]:
    """Run the block on a fresh clone of `template` and drop it afterwards."""
    name = new_clone(template)
    try:
        with point_at(name):
            yield name
    finally:
        drop_clone(name)


class CloneInsteadOfFlush:
    """Gives every TransactionTestCase a clone of its own in place of the flush after it.

    Flush fails on append-only tables, needs rights that the application role
    does not have, and wipes the data that migrations ship.
    """

    def __init__(self, template: str) -> None:
        self.template = template
        self._open: list[tuple[str, str]] = []
        self._originals: dict[str, Any] = {}

    def install(self) -> None:
        enter, leave = self._enter, self._leave
        for name in ("_fixture_setup", "_fixture_teardown"):
            self._originals[name] = TransactionTestCase.__dict__[name]
        original_setup = TransactionTestCase._fixture_setup.__func__  # type: ignore[attr-defined]

        def setup(cls: type[TransactionTestCase]) -> None:
            enter()
            original_setup(cls)

        def teardown(_case: TransactionTestCase) -> None:
            leave()

        TransactionTestCase._fixture_setup = classmethod(setup)
        TransactionTestCase._fixture_teardown = teardown

    def remove(self) -> None:
        for name, original in self._originals.items():
            setattr(TransactionTestCase, name, original)

    def _enter(self) -> None:
        before = connections["default"].settings_dict["NAME"]
        clone = new_clone(self.template)
        self._open.append((before, clone))
        set_database(clone)

    def _leave(self) -> None:
        before, clone = self._open.pop()
        set_database(before)
        drop_clone(clone)
