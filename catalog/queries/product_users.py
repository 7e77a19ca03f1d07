"""Which institutions use a product: those above the catalogue, which know, say so at start."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from catalog.models import Product

Source = Callable[[Product, date], set[int]]

_SOURCES: list[Source] = []


def add_source(source: Source) -> None:
    """Registered once, at start."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def institutions_using(product: Product, on: date) -> list[int]:
    """Ids of institutions that bought it of late or are bound by an agreement that still runs."""
    found: set[int] = set()
    for source in _SOURCES:
        found |= source(product, on)
    return sorted(found)
