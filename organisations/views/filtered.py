"""Lists of masters: filter, search, sort, column choice and Excel from one declaration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from core.lists import columns as lists
from core.lists.address import chips, conditions, kept
from core.lists.keyset import capped_count
from core.lists.workbook import workbook_response
from core.transitions import MissingInput
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedListView

EXPORT_LIMIT = 50_000


class FilteredListView(ScopedListView):
    """`everything(scope)` filtered by `filterset_class`, sorted and paged as the address says.

    `rows` turns a page of objects into what template and columns read; `route` and
    `export_route` name the addresses; `sheet_name` begins the file's name.
    """

    filterset_class: ClassVar[type[django_filters.FilterSet]]
    columns: ClassVar[tuple[lists.Column, ...]]
    default_sort: ClassVar[str]
    route: ClassVar[str]
    export_route: ClassVar[str] = ""
    sheet_name: ClassVar[str] = ""

    def everything(self, scope: Scope) -> QuerySet[Any]:
        """The visible_… query with all that its rows show."""
        raise NotImplementedError

    def rows(self, objects: Iterable[Any]) -> list[Any]:
        return list(objects)

    def filter_options(self) -> Mapping[str, list[dict[str, str]]]:
        """Choices of the filter bar that depend on data: field → [{value, label}]."""
        return {}

    def address(self, route: str) -> str:
        """The address of a route of this list; lists of one object add its key."""
        return reverse(route, kwargs=self.kwargs)

    def visible(self, scope: Scope) -> QuerySet[Any]:
        self.filter = self.filterset_class(
            self.request.GET, queryset=self.everything(scope), request=self.request
        )
        self.sort, fields = lists.ordering(self.columns, self.request.GET, self.default_sort)
        return self.filter.qs.order_by(*fields, "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        given = self.request.GET
        shown = lists.shown_keys(self.columns, given)
        options = self.filter_options()
        names = {
            name: {choice["value"]: choice["label"] for choice in offered}
            for name, offered in options.items()
        }
        context = super().get_context_data(**kwargs)
        export = (
            f"{self.address(self.export_route)}?{conditions(given)}" if self.export_route else ""
        )
        return context | {
            "rows": self.rows(context["object_list"]),
            "columns": lists.heads(self.columns, given, shown=shown, sort=self.sort),
            "shown": shown,
            "choice": lists.choice(self.columns, shown),
            "kept": kept(given),
            "filter": self.filter.form,
            "filter_errors": [
                f"{self.filter.form.fields[name].label}：{message}"
                for name, found in self.filter.form.errors.items()
                if name in self.filter.form.fields
                for message in found
            ],
            "chips": chips(self.filter.form, given, names),
            "given": given,
            "options": options,
            "list_url": self.address(self.route),
            "export_url": export,
        }


class ExportMixin:
    """Exactly the filtered list as Excel; above the limit it says so instead of cutting off.

    Stands before a FilteredListView.
    """

    def get(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = self.get_queryset()
        if capped_count(found, EXPORT_LIMIT).capped:
            reason = f"符合条件的超过 {EXPORT_LIMIT:,} 条，请缩小筛选条件后分次导出"
            return refusal_page(request, MissingInput("q", reason))
        return workbook_response(
            name=f"{self.sheet_name}_{timezone.localdate():%Y%m%d}",
            columns=lists.sheet(self.columns),
            rows=lists.cells(self.columns, self.rows(found)),
        )
