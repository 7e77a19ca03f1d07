"""Saved views of lists: save, rename, delete, open with; and the columns that a list shows."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet
from django.http import QueryDict

from core.lists.address import conditions
from core.operations import operation
from core.transitions import MissingInput
from inbox.models import ListChoice, SavedView
from organisations.models import User

MOST_VIEWS = 30
MAX_QUERY = 2_000


@operation
def save_view(*, page: str, name: str, query: str, by: User, opens: bool = False) -> SavedView:
    """Keep the conditions, sort and columns of `query` under a name of the person's own.

    Raises MissingInput for an empty or used name, conditions too long to keep, or too many views.
    """
    name = _name(name)
    kept = conditions(QueryDict(query))
    if len(kept) > MAX_QUERY:
        raise MissingInput("query", "筛选条件过长，不能保存，请减少条件后再保存")
    mine = _locked(by).filter(page=page)
    if mine.count() >= MOST_VIEWS:
        raise MissingInput("name", f"每个列表最多保存 {MOST_VIEWS} 个视图，请先删除不用的")
    _refuse_used(mine, name)
    view = SavedView.objects.create(user=by, page=page, name=name, query=kept)
    if opens:
        open_with(view=view, by=by)
    return view


@operation
def change_view(
    *, view: SavedView, by: User, name: str | None = None, query: str | None = None
) -> SavedView:
    """Rename a view, or give it other conditions. Raises MissingInput as `save_view` does."""
    mine = _locked(by)
    if name is not None:
        view.name = _name(name)
        _refuse_used(mine.filter(page=view.page).exclude(pk=view.pk), view.name)
    if query is not None:
        kept = conditions(QueryDict(query))
        if len(kept) > MAX_QUERY:
            raise MissingInput("query", "筛选条件过长，不能保存，请减少条件后再保存")
        view.query = kept
    view.save(update_fields=["name", "query"])
    return view


@operation
def delete_view(*, view: SavedView, by: User) -> None:
    """Forget a view; a list that opened with it opens whole again."""
    _locked(by).filter(pk=view.pk).delete()


@operation
def open_with(*, view: SavedView, by: User) -> None:
    """Let the view's list open with it."""
    ListChoice.objects.update_or_create(user=by, page=view.page, defaults={"opens_with": view})


@operation
def open_whole(*, page: str, by: User) -> None:
    """Let the list open with everything again."""
    ListChoice.objects.filter(user=by, page=page).update(opens_with=None)


@operation
def choose_columns(*, page: str, columns: Sequence[str], by: User) -> None:
    """Remember which columns a list shows; none brings the declared ones back."""
    ListChoice.objects.update_or_create(
        user=by, page=page, defaults={"columns": [key[:40] for key in columns]}
    )


def _locked(by: User) -> QuerySet[SavedView]:
    """The person's views; two tabs that save at once come one after the other."""
    User.objects.select_for_update().only("pk").get(pk=by.pk)
    return SavedView.objects.filter(user=by)


def _name(text: str) -> str:
    name = text.strip()
    if not name:
        raise MissingInput("name", "请给视图起个名称")
    if len(name) > 60:
        raise MissingInput("name", "名称不超过 60 个字")
    return name


def _refuse_used(others: QuerySet[SavedView], name: str) -> None:
    if others.filter(name=name).exists():
        raise MissingInput("name", f"已有名为“{name}”的视图，请换一个名称，或先删除原来的")
