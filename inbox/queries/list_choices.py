"""What a person set for a list, and the saved views with the lists that they belong to."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from core.lists.memory import Remembered, SavedQuery, remember_by
from inbox.models import ListChoice, SavedView
from inbox.queries.visible import visible_list_choices, visible_saved_views
from organisations.queries.scope import Scope


def remembered_of(user_id: int, page: str) -> Remembered:
    """Columns, default view and saved views of one person's list, in two queries."""
    choice = (
        ListChoice.objects.filter(user_id=user_id, page=page).select_related("opens_with").first()
    )
    views = SavedView.objects.filter(user_id=user_id, page=page).order_by("name", "pk")
    return Remembered(
        columns=frozenset(choice.columns) if choice else frozenset(),
        opens_with=choice.opens_with.query if choice and choice.opens_with else "",
        views=tuple(SavedQuery(view.name, view.query) for view in views),
    )


remember_by(remembered_of)


@dataclass(frozen=True)
class ViewRow:
    """A saved view as the page of views shows it; `url` is empty for a list below one object."""

    view: SavedView
    url: str
    list_name: str
    is_default: bool


def view_rows(scope: Scope, titles: dict[str, str]) -> list[ViewRow]:
    """All of a person's views; `titles` names the lists by route."""
    defaults = set(
        visible_list_choices(scope)
        .filter(opens_with__isnull=False)
        .values_list("opens_with_id", flat=True)
    )
    return [
        ViewRow(view, _address(view), titles.get(view.page) or view.page, view.pk in defaults)
        for view in visible_saved_views(scope).order_by("page", "name", "pk")
    ]


def _address(view: SavedView) -> str:
    try:
        return f"{reverse(view.page)}?{view.query}"
    except NoReverseMatch:
        return ""
