"""Working as the owner of the tables for a while."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

_IDENTITY = ("USER", "PASSWORD", "HOST", "PORT")


@contextmanager
def acting_as_owner(alias: str = "default") -> Iterator[None]:
    """Let connection `alias` speak as the owner inside the block, without web time-outs.

    A migration that forgets its `schema_editor.connection.alias` then still
    runs as the owner and in the migration's transaction. The database name
    stays, so that this serves test databases too.
    """
    connection = connections[alias]
    owner = connections["owner"].settings_dict
    before = {key: connection.settings_dict[key] for key in (*_IDENTITY, "OPTIONS")}
    connection.close()
    connection.settings_dict.update({key: owner[key] for key in _IDENTITY})
    connection.settings_dict["OPTIONS"] = dict(owner["OPTIONS"])
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
