"""Columns of a dataset file: what a cell may hold, and whether it may be empty."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

MAX_INTEGER = 2_147_483_647
MAX_SMALL_INTEGER = 32_767


class Kind(Enum):
    """How a cell is read: each kind has one SQL type in the staging tables."""

    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole"
    FLAG = "flag"
    DAY = "day"
    INSTANT = "instant"
    MONTH = "month"
    CHOICE = "choice"
    TAGS = "tags"


class Sign(Enum):
    """Which numbers a column takes."""

    POSITIVE = "positive"
    NOT_NEGATIVE = "not negative"
    SHARE = "0 to 1"
    ANY = "any"


@dataclass(frozen=True)
class Column:
    """One column. `default` is what an empty optional cell stands for (None: absent)."""

    name: str
    kind: Kind
    key: bool = False
    optional: bool = False
    default: str | None = None
    max_length: int | None = None
    pattern: str = ""
    pattern_says: str = ""
    choices: tuple[str, ...] = ()
    sign: Sign = Sign.NOT_NEGATIVE
    smallest: int = 0
    largest: int = MAX_INTEGER


def text(
    name: str, max_length: int | None = None, *, key: bool = False, optional: bool = False
) -> Column:
    """Any text, kept as it is; max_length in characters."""
    return Column(name, Kind.TEXT, key=key, optional=optional, max_length=max_length)


def code(name: str, pattern: str, says: str, *, key: bool = False) -> Column:
    """Text of a fixed form; `says` names the form in Chinese."""
    return Column(name, Kind.TEXT, key=key, pattern=pattern, pattern_says=says)


def number(
    name: str,
    sign: Sign = Sign.NOT_NEGATIVE,
    *,
    optional: bool = False,
    default: str | None = None,
) -> Column:
    """A plain decimal with up to 14 integer digits and 4 decimals."""
    return Column(name, Kind.NUMBER, sign=sign, optional=optional, default=default)


def whole(
    name: str,
    *,
    key: bool = False,
    optional: bool = False,
    default: str | None = None,
    smallest: int = 0,
    largest: int = MAX_INTEGER,
) -> Column:
    """A whole number between smallest and largest."""
    return Column(
        name, Kind.WHOLE, key=key, optional=optional, default=default,
        smallest=smallest, largest=largest,
    )  # fmt: skip


def flag(name: str) -> Column:
    """0 or 1."""
    return Column(name, Kind.FLAG)


def day(name: str, *, key: bool = False, optional: bool = False) -> Column:
    """YYYY-MM-DD."""
    return Column(name, Kind.DAY, key=key, optional=optional)


def instant(name: str, *, optional: bool = False) -> Column:
    """An ISO 8601 timestamp; without an offset it is Asia/Shanghai."""
    return Column(name, Kind.INSTANT, optional=optional)


def month(name: str, *, key: bool = False) -> Column:
    """YYYY-MM, held as the month's first day."""
    return Column(name, Kind.MONTH, key=key)


def choice(
    name: str, choices: list[str], *, optional: bool = False, default: str | None = None
) -> Column:
    """One of the given words."""
    return Column(name, Kind.CHOICE, choices=tuple(choices), optional=optional, default=default)


def tags(name: str, choices: list[str]) -> Column:
    """Words separated by ';'; empty means none."""
    return Column(name, Kind.TAGS, choices=tuple(choices), optional=True)
