"""What a field for a code offers while somebody types: service items, groups, organisations,
batches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from catalog.queries.search import batches_named, named
from catalog.queries.services import visible_service_items
from catalog.queries.visible import visible_batches, visible_groups
from organisations.queries.scope import Scope
from organisations.queries.visible import visible_organisations

Source = Callable[[Scope], QuerySet[Any]]


def _of_kind(*kinds: str) -> Source:
    return lambda scope: visible_organisations(scope).filter(kind__in=kinds)


SOURCES: dict[str, Source] = {
    "service-item": visible_service_items,
    "group": visible_groups,
    "institution": _of_kind("institution"),
    "enterprise": _of_kind("enterprise"),
    "sampled": _of_kind("institution", "enterprise"),
    "batch": visible_batches,
}


@dataclass(frozen=True)
class CodeOption:
    code: str
    name: str


def code_options(scope: Scope, of: str, words: str, *, limit: int) -> list[CodeOption]:
    """Those in sight whose name, code, initials or pinyin fit, by code; one more than `limit` tells
    that there are more."""
    if not words:
        return []
    rows = SOURCES[of](scope)
    found = batches_named(rows, words) if of == "batch" else rows.filter(named(words))
    return [CodeOption(row.code, row.name) for row in found.order_by("code")[: limit + 1]]


def code_option(scope: Scope, of: str, code: str) -> CodeOption | None:
    """The one with this code, if it is in sight."""
    row = SOURCES[of](scope).filter(code=code).first()
    return None if row is None else CodeOption(row.code, row.name)
