"""What a person set for a list, kept by an app above: the seam between lists and the inbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class SavedQuery:
    """A saved view: its name and what the address says in it."""

    name: str
    query: str


@dataclass(frozen=True)
class Remembered:
    """The columns chosen last (none: the declared ones), the query that the list opens with, views."""

    columns: frozenset[str] = frozenset()
    opens_with: str = ""
    views: tuple[SavedQuery, ...] = ()


Reader = Callable[[int, str], Remembered]
_readers: list[Reader] = []


def remember_by(reader: Reader) -> None:
    """Name the query that reads what a user set for a page; the last one named counts."""
    _readers[:] = [reader]


def remembered(user_id: int, page: str) -> Remembered:
    """What the user set for the page; nothing where no app keeps it."""
    return _readers[0](user_id, page) if _readers else Remembered()
