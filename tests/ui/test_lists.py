"""Every list is a declaration: filter, search, columns, saved views, file and paper come with it."""

from __future__ import annotations

from typing import Any

from django.urls import get_resolver

from organisations.views.filtered import FilteredListView, declared_lists
from organisations.views.scoped import ScopedListView
from tests.matrix.routes import all_patterns

WITHOUT_FILE = {
    "notice-list": "a person's own notices; the API gives them",
    "task-list": "what waits changes by the minute; a file of it would mislead",
    "job-list": "long work of the day, kept by its own pages",
}
WITHOUT_SEARCH = {"job-list": "long work is told apart by kind and state"}


NOT_YET: set[str] = set()
"""Lists by hand that are still to be declared; empty when a release is cut."""


def heirs(kind: type) -> set[type]:
    return {kind}.union(*(heirs(each) for each in kind.__subclasses__()))


def routes() -> set[str]:
    return {str(pattern.name) for pattern in all_patterns()}


def test_no_list_is_made_by_hand() -> None:
    """A ScopedListView that is not declared has neither filters, nor saved views, nor a file."""
    _ = get_resolver().url_patterns
    by_hand = heirs(ScopedListView) - heirs(FilteredListView) - {ScopedListView}
    assert sorted(f"{kind.__module__}.{kind.__name__}" for kind in by_hand) == sorted(NOT_YET)


def test_every_list_searches_and_names_what_can_be_searched() -> None:
    silent = {
        route
        for route, kind in declared_lists().items()
        if "q" not in kind.filterset_class.base_filters
    }
    assert silent == set(WITHOUT_SEARCH)


def test_every_list_has_its_file_or_a_reason() -> None:
    lists: dict[str, Any] = declared_lists()
    assert {route for route, kind in lists.items() if not kind.export_route} == set(WITHOUT_FILE)
    assert {kind.export_route for kind in lists.values() if kind.export_route} <= routes()
    assert {
        route for route, kind in lists.items() if not (kind.sheet_name or kind.page_title)
    } == set()
