"""Every address of the platform with the methods that its view answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, order=True)
class Route:
    """A named address and one of its methods."""

    name: str
    method: str


def all_patterns() -> list[URLPattern]:
    return list(_patterns(get_resolver().url_patterns))


def _patterns(listed: list[Any]) -> Iterator[URLPattern]:
    for pattern in listed:
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns)
        else:
            yield pattern


def all_routes() -> list[Route]:
    """Name and method of everything; an address without a name is named by its pattern."""
    found = {
        Route(pattern.name or f"unnamed {pattern.pattern}", method)
        for pattern in all_patterns()
        for method in methods_of(pattern.callback)
    }
    return sorted(found)


def methods_of(view: Any) -> list[str]:
    """What a view handles; a plain function is asked by GET only."""
    actions = getattr(view, "actions", None)
    if actions:
        return [method for method in METHODS if method.lower() in actions]
    handler = getattr(view, "view_class", None) or getattr(view, "cls", None)
    if handler is None:
        return ["GET"]
    allowed = getattr(handler, "http_method_names", ())
    return [
        method
        for method in METHODS
        if method.lower() in allowed and hasattr(handler, method.lower())
    ]
