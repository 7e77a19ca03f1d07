"""Lists from one declaration: filter, search, sort, columns, saved views, bulk acts, Excel, pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode

from core.lists import columns as lists
from core.lists.address import ALL, chips, conditions, kept
from core.lists.cell import ListRow
from core.lists.keyset import CappedCount, capped_count, keyset_page
from core.lists.memory import Remembered, remembered
from core.transitions import MissingInput
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.list_bar import bulk_bar, filter_bar, view_menu
from organisations.views.scoped import ScopedListView

CHUNK = 2_000
"""Rows that an export names at once."""


class FilteredListView(ScopedListView):
    """`everything(scope)` filtered by `filterset_class`, sorted and paged as the address says.

    `rows` turns a page of objects into what columns (or a template of its own) read; `route` and
    `export_route` name the addresses; `sheet_name` begins the file's name; `bar` names the filters
    above the list, `search_hint` what can be searched for; `held` names conditions that tabs set
    and the bar keeps; `row_acts` says that rows have buttons (Cell.acts).

    A list that may be long names its `keyset`, an index in that order: by `default_sort` it is
    paged by key at any depth, and other sorts unlock where the filter leaves few enough rows.
    """

    template_name = "layouts/list.html"
    filterset_class: ClassVar[type[django_filters.FilterSet]]
    columns: ClassVar[tuple[lists.Column, ...]]
    default_sort: ClassVar[str]
    route: ClassVar[str]
    export_route: ClassVar[str] = ""
    sheet_name: ClassVar[str] = ""
    bar: ClassVar[tuple[str, ...]] = ()
    search_hint: ClassVar[str] = ""
    empty_title: ClassVar[str] = "没有符合条件的记录"
    empty_text: ClassVar[str] = "可以放宽筛选条件。"
    empty_icon: ClassVar[str] = "clipboard-check"
    keyset: ClassVar[tuple[str, ...]] = ()
    keyset_ascending: ClassVar[bool] = False
    held: ClassVar[tuple[str, ...]] = ()
    row_acts: ClassVar[bool] = False

    def everything(self, scope: Scope) -> QuerySet[Any]:
        """The visible_… query with all that its rows show."""
        raise NotImplementedError

    def rows(self, objects: Iterable[Any]) -> list[Any]:
        return list(objects)

    def row_key(self, row: Any) -> Any:
        """What a tick of this row sends: the primary key of its object."""
        return row.pk

    def row_label(self, row: Any) -> str:
        return str(row)

    def row_late(self, row: Any) -> bool:
        return False

    def filter_options(self) -> Mapping[str, list[dict[str, str]]]:
        """Choices of the filter bar that depend on data: field → [{value, label}]."""
        return {}

    def address(self, route: str) -> str:
        """The address of a route of this list; lists of one object add its key."""
        return reverse(route, kwargs=self.kwargs)

    # --- rows --------------------------------------------------------------------------------

    @property
    def by_key(self) -> bool:
        return bool(self.keyset) and self.sort == self.default_sort

    def visible(self, scope: Scope) -> QuerySet[Any]:
        self.filter = self.filterset_class(
            self.request.GET, queryset=self.everything(scope), request=self.request
        )
        found = self.filter.qs
        self.sort, fields = lists.ordering(self.columns, self.request.GET, self.default_sort)
        self.locked = ""
        if self.keyset:
            self.count = self.counted(found)
            if self.count.capped:
                self.locked = f"超过 {self.count.number:,} 条，筛选后才能按此列排序"
                self.sort = self.default_sort
            if self.by_key:
                turn = "" if self.keyset_ascending else "-"
                return found.order_by(*(f"{turn}{name}" for name in self.keyset))
        return found.order_by(*fields, "pk")

    def counted(self, found: QuerySet[Any]) -> CappedCount:
        """How many rows the filter found; a list of very many knows a quicker way to the same."""
        return capped_count(found)

    def get_paginate_by(self, queryset: QuerySet[Any]) -> int | None:
        return None if self.by_key else self.paginate_by

    def refuse_broken_filter(self) -> None:
        """Raise MissingInput for a condition that was not understood: nothing is done instead."""
        for message in self._not_understood():
            raise MissingInput("q", f"筛选条件不能识别：{message}")

    def _not_understood(self) -> list[str]:
        fields = self.filter.form.fields
        return [
            f"{fields[name].label}：{message}"
            for name, found in self.filter.form.errors.items()
            if name in fields
            for message in found
        ]

    def filter_errors(self) -> list[str]:
        """What of the address was not understood or is not possible here, for the page to say."""
        said = self._not_understood()
        strange = lists.strange_keys(self.columns, self.request.GET)
        if strange:
            said.append(f"列：这个列表没有“{'、'.join(strange)}”，可能已经取消；可点“列”重新选择")
        asked = self.request.GET.get(lists.SORT, "")
        if asked and not lists.sorts_by(self.columns, asked):
            said.append(f"排序：这个列表不能按“{asked[:40]}”排序，已按默认排序")
        if self.locked and asked and asked != self.default_sort:
            said.append(f"排序：{self.locked}")
        return said

    # --- the page ----------------------------------------------------------------------------

    @cached_property
    def kept_choice(self) -> Remembered:
        return remembered(self.scope.user_id, self.route)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.GET and self.kept_choice.opens_with:
            return HttpResponseRedirect(f"{request.path}?{self.kept_choice.opens_with}")
        try:
            return super().get(request, *args, **kwargs)
        except MissingInput as broken:
            return refusal_page(request, broken)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        given = self.request.GET
        shown = lists.shown_keys(self.columns, given, self.kept_choice.columns)
        options = self.filter_options()
        context = super().get_context_data(**kwargs) | self._page()
        objects = context.pop("page_rows", context["object_list"])
        count = self.count if self.keyset else CappedCount(context["paginator"].count, False)
        list_url = self.address(self.route)
        export = (
            f"{self.address(self.export_route)}?{conditions(given)}" if self.export_route else ""
        )
        rows = self.rows(objects)
        return context | {
            "rows": rows,
            "list_rows": partial(self.list_rows, rows, shown),
            "columns": lists.heads(
                self.columns, given, shown=shown, sort=self.sort, locked=self.locked,
                free=self.default_sort.lstrip("-"),
            ),
            "shown": shown,
            "choice": lists.choice(self.columns, shown),
            "kept": kept(given),
            "filter": self.filter.form,
            "filter_errors": self.filter_errors(),
            "filter_bar": filter_bar(self.filter.form, self.bar, options, given),
            "chips": chips(self.filter.form, given, _choice_words(options)),
            "given": given,
            "held": [(name, given[name]) for name in self.held if given.get(name)],
            "row_acts": self.row_acts,
            "options": options,
            "list_page": self.route,
            "list_url": list_url,
            "clear_url": f"{list_url}?{self._cleared(given)}",
            "list_query": conditions(given),
            "export_url": export,
            "views": view_menu(self.kept_choice, given, list_url),
            "bulk": bulk_bar(self.scope, self.route, given, list_url, count),
            "total": count.number,
            "capped": count.capped,
            "search_hint": self.search_hint,
            "empty": {
                "title": self.empty_title, "text": self.empty_text, "icon": self.empty_icon,
            },
        }  # fmt: skip

    def condition_words(self) -> list[str]:
        """The conditions in force as they are read."""
        names = _choice_words(self.filter_options())
        return [chip["label"] for chip in chips(self.filter.form, self.request.GET, names)]

    def _cleared(self, given: QueryDict) -> str:
        """The query of the whole list, of the tab that is open."""
        return urlencode([(name, str(given[name])) for name in self.held if given.get(name)]) or ALL

    def list_rows(self, rows: Iterable[Any], shown: frozenset[str]) -> list[ListRow]:
        """The visible cells; a template of its own reads `rows` instead."""
        columns = [column for column in self.columns if column.key in shown]
        return [
            ListRow(
                key=self.row_key(row),
                label=self.row_label(row),
                cells=tuple((_kind(column), column.on_page(row)) for column in columns),
                late=self.row_late(row),
            )
            for row in rows
        ]

    def _page(self) -> dict[str, Any]:
        """The page by key; nothing where the list has numbered pages."""
        if not self.by_key:
            return {}
        page = keyset_page(
            self.object_list,
            order=self.keyset,
            cursor=self.request.GET.get("cursor", ""),
            size=self.paginate_by,
            ascending=self.keyset_ascending,
        )
        return {
            "page_rows": page.rows,
            "object_list": page.rows,
            "newer_url": self._at(page.newer),
            "older_url": self._at(page.older),
            "by_key": True,
        }

    def _at(self, cursor: str) -> str:
        if not cursor:
            return ""
        query = self.request.GET.copy()
        query.pop("page", None)
        query["cursor"] = cursor
        return f"?{query.urlencode()}"

    # --- the file ----------------------------------------------------------------------------

    def sheet_rows(self, found: QuerySet[Any]) -> Iterator[tuple[Any, ...]]:
        """Every cell of every row, a chunk of rows at a time."""
        chunk: list[Any] = []
        for each in found.iterator(chunk_size=CHUNK):
            chunk.append(each)
            if len(chunk) == CHUNK:
                yield from lists.cells(self.columns, self.rows(chunk))
                chunk = []
        yield from lists.cells(self.columns, self.rows(chunk))


def _choice_words(
    options: Mapping[str, list[dict[str, str]]],
) -> dict[str, dict[str, str]]:
    """The words of each code that the filter bar offers: field → code → label."""
    return {
        name: {str(choice["value"]): choice["label"] for choice in offered}
        for name, offered in options.items()
    }


def _kind(column: lists.Column) -> str:
    """How a cell is drawn: the head of its row, a figure, or text."""
    return "num" if column.numeric else "head" if column.fixed else ""


def declared_lists() -> dict[str, type[FilteredListView]]:
    """Every declared list by its route."""
    found: dict[str, type[FilteredListView]] = {}
    waiting: list[type[FilteredListView]] = [FilteredListView]
    while waiting:
        for heir in waiting.pop().__subclasses__():
            waiting.append(heir)
            if "route" in heir.__dict__:
                found[heir.route] = heir
    return found
