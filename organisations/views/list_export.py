"""A list as Excel: exactly what is filtered; a large one is made as a job and kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import Resolver404, resolve
from django.utils import timezone

from core.lists import columns as lists
from core.lists.keyset import capped_count
from core.lists.workbook import workbook_response
from core.transitions import MissingInput
from core.views.errors import refusal_page
from organisations.models import User
from organisations.operations.export_list import note_list_taken
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView

DIRECT_ROWS = 5_000
"""What is written while the browser waits."""


class ExportMixin:
    """Stands before a FilteredListView: the filtered list as a file.

    A condition that was not understood is refused, never left out.
    """

    def get(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            found = self.get_queryset()
            self.refuse_broken_filter()
        except MissingInput as broken:
            return refusal_page(request, broken)
        if capped_count(found, DIRECT_ROWS).capped:
            return self.ask(request, found.order_by().count())
        rows = list(self.sheet_rows(found))
        response = workbook_response(
            name=f"{self.sheet_name}_{timezone.localdate():%Y%m%d}",
            columns=lists.sheet(self.columns),
            rows=rows,
        )
        note_file(self, len(rows))
        return response

    def ask(self: Any, request: HttpRequest, count: int) -> HttpResponse:
        """The page that says how many rows there are and begins the job."""
        return TemplateResponse(
            request,
            "layouts/export_ask.html",
            {
                "page_title": f"导出{self.sheet_name}",
                "count": count,
                "path": request.path,
                "query": request.GET.urlencode(),
                "back_url": f"{self.address(self.route)}?{request.GET.urlencode()}",
                "breadcrumbs": [
                    {"label": self.sheet_name, "url": self.address(self.route)},
                    {"label": "导出"},
                ],
            },
        )


def note_file(view: FilteredListView, row_count: int) -> None:
    """On the trail: who took which list, by which filter, how many rows (S-12)."""
    note_list_taken(
        path=view.request.path, title=view.sheet_name, conditions=view.condition_words(),
        columns=[heading for heading, _ in lists.sheet(view.columns)], row_count=row_count,
        by=view.user, at=timezone.now(),
    )  # fmt: skip


@dataclass(frozen=True)
class ListAt:
    """A declared list as one person has it at an address, outside of a request of theirs."""

    view: FilteredListView
    exists: bool


def list_at(path: str, query: str, *, user: User, scope: Scope, exports: bool) -> ListAt | None:
    """The list whose page (or file, where `exports`) is at `path`; None where there is none."""
    try:
        match = resolve(path)
    except Resolver404:
        return None
    kind = getattr(match.func, "view_class", None)
    if kind is None or not issubclass(kind, FilteredListView):
        return None
    if issubclass(kind, ExportMixin) != exports:
        return None
    return list_of(kind, query, user=user, scope=scope, path=path, **match.kwargs)


def list_of(
    kind: type[FilteredListView],
    query: str,
    *,
    user: User,
    scope: Scope,
    path: str = "/",
    **kwargs: Any,
) -> ListAt:
    """The declared list with the conditions of `query` for one person."""
    request = HttpRequest()
    request.method, request.path = "GET", path
    request.GET = QueryDict(query)
    request.user = user
    view = kind()
    view.setup(request, **kwargs)
    view.user, view.scope = user, scope
    return ListAt(view, view.exists_for(scope) and bool(view.entry(scope)))
