"""Notices: the list, and opening one, which marks it read."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from inbox.filters import NoticeFilter
from inbox.models import Notice
from inbox.operations.notices import mark_all_read, mark_read
from inbox.queries.notices import notices_of, unread_notices
from inbox.tables import NOTICE_COLUMNS
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.scoped import ScopedDetailView, ScopedView


class NoticeListView(FilteredListView):
    """What the person was told, newest first at any depth."""

    template_name = "inbox/notice_list.html"
    page_title = "通知"
    filterset_class = NoticeFilter
    columns = NOTICE_COLUMNS
    default_sort = "-at"
    keyset = ("created_at", "id")
    route = "notice-list"
    bar = ("unread",)
    search_hint = "标题、内容"
    empty_title = "没有通知"
    empty_text = ""
    empty_icon = "bell"

    def exists_for(self, scope: Scope) -> bool:
        return True

    def everything(self, scope: Scope) -> QuerySet[Notice]:
        return notices_of(scope)


class NoticeOpenView(ScopedDetailView):
    """Marks the notice read and goes where it points."""

    http_method_names = ("post", "options")

    def exists_for(self, scope: Scope) -> bool:
        return True

    def visible(self, scope: Scope) -> QuerySet[Notice]:
        return notices_of(scope)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        notice = self.get_object()
        mark_read(notice=notice, by=self.user)
        ours = url_has_allowed_host_and_scheme(notice.url, allowed_hosts=None)
        return HttpResponseRedirect(notice.url if notice.url and ours else reverse("notice-list"))


class NoticesReadView(ScopedView):
    def exists_for(self, scope: Scope) -> bool:
        return True

    def post(self, request: HttpRequest) -> HttpResponse:
        mark_all_read(notices=unread_notices(self.scope), by=self.user, at=timezone.now())
        return HttpResponseRedirect(reverse("notice-list"))
