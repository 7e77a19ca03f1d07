"""Announcements that everybody may read without signing in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from inbox.forms import AnnouncementSearch
from inbox.models import Announcement
from inbox.queries.announcements import files_of, matching, once_public, public_announcements
from organisations.views.files import public_file
from organisations.views.public import PublicView

PER_PAGE = 20


class PublicAnnouncementListView(PublicView):
    template_name = "inbox/public_announcement_list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        form = AnnouncementSearch(request.GET)
        form.is_valid()
        wanted = form.cleaned_data
        rows = public_announcements(timezone.localdate())
        given = {name: wanted.get(name) or "" for name in ("q", "category")}
        if given["q"]:
            rows = rows.filter(matching(given["q"].strip()))
        if given["category"]:
            rows = rows.filter(category=given["category"])
        pages = Paginator(rows, PER_PAGE)
        return self.page(
            page=pages.get_page(wanted.get("page") or 1),
            total=pages.count,
            given=given,
            query=urlencode({name: value for name, value in given.items() if value}),
            categories=Announcement.Category.choices,
            active="announcements",
        )


class PublicAnnouncementView(PublicView):
    """One announcement; a corrected or withdrawn one says so instead of its text."""

    template_name = "inbox/public_announcement.html"

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        found = _public(key)
        newer = getattr(found, "replaced_by", None)
        shown = newer is not None and newer.published_at is not None and newer.is_public
        in_force = found.state == Announcement.State.PUBLISHED
        return self.page(
            announcement=found,
            in_force=in_force,
            newer=newer if shown else None,
            files=files_of(found) if in_force else [],
            active="announcements",
        )


class PublicAnnouncementFileView(PublicView):
    def get(self, request: HttpRequest, key: str, file_id: str) -> Any:
        found = _public(key)
        if found.state == Announcement.State.PUBLISHED:
            for file in files_of(found):
                if str(file.pk) == file_id:
                    return public_file(file)
        raise Http404


def _public(code: str) -> Announcement:
    found = once_public().filter(code=code).first()
    if found is None:
        raise Http404
    return found
