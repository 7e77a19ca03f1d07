"""Pointing Django's connections at a database, in every thread."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connections

ALIASES = ("default", "owner")


def set_database(name: str) -> None:
    """Let all connections, also those of threads to come, use database `name`.

    The settings dictionaries are shared by every thread's connection object.
    """
    connections.close_all()
    for alias in ALIASES:
        settings.DATABASES[alias]["NAME"] = name
        connections.settings[alias]["NAME"] = name
        connections[alias].settings_dict["NAME"] = name


@contextmanager
def point_at(name: str) -> Iterator[None]:
    before = connections["default"].settings_dict["NAME"]
    set_database(name)
    try:
        yield
    finally:
        set_database(before)
