"""Saved views and columns of lists: everything comes back to the list that it was done on."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from core.lists.address import ALL, conditions
from core.transitions import MissingInput
from inbox.forms import ViewNameForm
from inbox.models import SavedView
from inbox.operations.saved_views import (
    change_view,
    choose_columns,
    delete_view,
    open_whole,
    open_with,
    save_view,
)
from inbox.queries.list_choices import view_rows
from inbox.queries.visible import visible_saved_views
from organisations.queries.scope import Scope
from organisations.views.filtered import declared_lists
from organisations.views.scoped import ScopedDetailView, ScopedTemplateView, ScopedView


def list_titles() -> dict[str, str]:
    """Names of the declared lists by route."""
    return {
        route: str(kind.page_title or kind.sheet_name) for route, kind in declared_lists().items()
    }


def asked_page(request: HttpRequest) -> str:
    """The route that a form names; anything but a declared list does not exist."""
    page = request.POST.get("page", "")
    if page not in declared_lists():
        raise Http404
    return page


def back_to(request: HttpRequest, query: str) -> HttpResponse:
    """The list that the form came from, with a query; the page of views where that is unknown."""
    path = request.POST.get("path", "")
    if not path.startswith("/") or not url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        return HttpResponseRedirect(reverse("view-list"))
    return HttpResponseRedirect(f"{path}?{query or ALL}")


class OwnViews:
    """Everybody's own."""

    def exists_for(self, scope: Scope) -> bool:
        return scope.active


class ViewListView(OwnViews, ScopedTemplateView):
    template_name = "inbox/view_list.html"
    page_title = "我的视图"
    page_note = "在列表页保存的筛选、排序和列；设为默认的，打开列表时直接显示"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(rows=view_rows(self.scope, list_titles()), **kwargs)


class ViewSaveView(ViewListView):
    """POST from a list's bar: name, page, query, path; `opens` makes it the default."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        page, query = asked_page(request), request.POST.get("query", "")
        form = ViewNameForm(request.POST)
        if form.is_valid():
            try:
                view = save_view(
                    page=page,
                    name=form.cleaned_data["name"],
                    query=query,
                    by=self.user,
                    opens=form.cleaned_data["opens"],
                )
            except MissingInput as refusal:
                form.add_error("name", refusal.reason)
            else:
                messages.success(request, f"已保存视图“{view.name}”")
                return back_to(request, view.query)
        context = self.get_context_data(
            form=form,
            pending={
                "page": page, "query": query, "path": request.POST.get("path", ""),
                "list": list_titles()[page],
            },
        )  # fmt: skip
        return self.render_to_response(context, status=400)


class ViewActView(OwnViews, ScopedDetailView):
    """POST: rename, delete, default or whole, as the address says."""

    key_field: ClassVar[str] = "pk"
    key: ClassVar[str] = "pk"
    http_method_names = ["post", "options"]

    def visible(self, scope: Scope) -> QuerySet[SavedView]:
        return visible_saved_views(scope)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if kwargs["act"] not in ("rename", "delete", "default", "whole"):
            raise Http404
        view: SavedView = self.get_object()
        try:
            messages.success(request, self._act(kwargs["act"], view))
        except MissingInput as refusal:
            messages.error(request, refusal.reason)
        return HttpResponseRedirect(reverse("view-list"))

    def _act(self, act: str, view: SavedView) -> str:
        if act == "rename":
            change_view(view=view, by=self.user, name=self.request.POST.get("name", ""))
            return f"已改名为“{view.name}”"
        if act == "delete":
            delete_view(view=view, by=self.user)
            return f"已删除视图“{view.name}”"
        if act == "default":
            open_with(view=view, by=self.user)
            return f"以后打开该列表时显示“{view.name}”"
        open_whole(page=view.page, by=self.user)
        return "以后打开该列表时显示全部"


class ColumnsView(OwnViews, ScopedView):
    """POST from a list's menu of columns; `reset` brings the declared ones back."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        page = asked_page(request)
        known = {column.key for column in declared_lists()[page].columns}
        chosen = [key for key in request.POST.getlist("columns") if key in known]
        if request.POST.get("reset"):
            chosen = []
        choose_columns(page=page, columns=chosen, by=self.user)
        query = QueryDict(request.POST.get("query", "")).copy()
        query.pop("columns", None)
        return back_to(request, conditions(query))
