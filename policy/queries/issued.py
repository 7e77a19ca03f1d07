"""Until which day 通报 are issued: who issues them lies above this app and says so at start."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

Source = Callable[[str], date | None]
"""Six-digit code of a province → the last day of its last issued period; None where none is."""

_SOURCES: list[Source] = []


def add_source(source: Source) -> None:
    """Registered once, at start."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def issued_until(province_code: str) -> date | None:
    """The last day that an issued 通报 of the province tells of: a value begins after it.

    One query per source; None where nothing is issued.
    """
    days = [day for source in _SOURCES if (day := source(province_code)) is not None]
    return max(days, default=None)
