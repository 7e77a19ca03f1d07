"""公告: the lists, one announcement, its files, and who has read it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from core.lists.address import kept
from inbox.forms import AnnouncementSearch
from inbox.models import Announcement, AnnouncementRecipient
from inbox.operations.announcements import note_reading
from inbox.queries.announcements import (
    all_published,
    announcement_standings,
    audience,
    files_of,
    matching,
    of_own_office,
    publishes,
    reach,
    received,
    recipients_with_reading,
    unread,
    with_receipt,
    without_receipt,
)
from inbox.queries.visible import visible_announcements
from inbox.states import ANNOUNCEMENT_MACHINE, STATE_LEVELS
from organisations.queries.scope import Scope
from organisations.views.public import attachment_response
from organisations.views.scoped import ScopedDetailView, ScopedListView

TABS = (("", "有效"), ("all", "全部"), ("own", "本单位发布"))


class AnnouncementListView(ScopedListView):
    """What the reader was told; publishers also see what their own office wrote."""

    template_name = "inbox/announcement_list.html"
    page_title = "公告"
    paginate_by = 30

    def visible(self, scope: Scope) -> QuerySet[Announcement]:
        self.search = AnnouncementSearch(self.request.GET)
        self.search.is_valid()
        wanted = self.search.cleaned_data
        self.tab = self.request.GET.get("tab", "")
        if self.tab == "own" and publishes(scope):
            rows = of_own_office(scope)
        elif self.tab == "all":
            rows = all_published(scope)
        else:
            self.tab, rows = "", received(scope, timezone.localdate())
        if wanted.get("q"):
            rows = rows.filter(matching(wanted["q"].strip()))
        if wanted.get("category"):
            rows = rows.filter(category=wanted["category"])
        if wanted.get("reading") == "unread" and self.tab != "own":
            rows = unread(rows, scope)
        return rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        writes = publishes(self.scope) and self.scope.has_role("clerk", "reviewer", "leader")
        offered = [tab for tab in TABS if tab[0] != "own" or publishes(self.scope)]
        address = reverse("announcement-list")
        return super().get_context_data(
            tab=self.tab,
            tabs=[
                {
                    "label": label,
                    "url": f"{address}?tab={name}" if name else address,
                    "active": name == self.tab,
                }
                for name, label in offered
            ],
            given=self.request.GET,
            kept=kept(self.request.GET, ("q", "category", "reading", "page")),
            categories=Announcement.Category.choices,
            levels=STATE_LEVELS,
            actions=[
                {
                    "label": "写公告",
                    "url": reverse("announcement-new"),
                    "kind": "primary",
                    "icon": "plus",
                }
            ]
            if writes
            else [],
            **kwargs,
        )


class AnnouncementView(ScopedDetailView):
    """One announcement. Opening it is reading it."""

    template_name = "inbox/announcement.html"
    key_field = "code"

    def visible(self, scope: Scope) -> QuerySet[Announcement]:
        return visible_announcements(scope).select_related(
            "organisation", "region", "replaces", "replaced_by"
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found: Announcement = self.get_object()
        note_reading(announcement=found, by=self.user, at=timezone.now())
        self.object = found
        return self.render_to_response(self.get_context_data(object=found))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: Announcement = kwargs["object"]
        own = found.organisation_id == self.scope.organisation_id
        standings = announcement_standings(self.scope, found)
        shown = own or found.state == Announcement.State.PUBLISHED
        context = {
            "page_title": found.title,
            "breadcrumbs": [
                {"label": "公告", "url": reverse("announcement-list")}, {"label": found.code},
            ],
            "is_own": own,
            "shows_text": shown,
            "files": files_of(found) if shown else [],
            "level": STATE_LEVELS[found.state],
            "offers": ANNOUNCEMENT_MACHINE.offers(found, standings),
            "may_edit": "author" in standings and found.state == Announcement.State.DRAFT,
            "may_revise": "author" in standings and found.state == Announcement.State.PUBLISHED,
            "newer": _seen_newer(found),
            "reach": reach(found) if own and found.published_at else None,
            "meant": audience(found, self.scope).count()
            if own and not found.published_at
            else None,
            "kind_words": [
                str(found.organisation.Kind(kind).label) for kind in found.kinds
            ],
        }  # fmt: skip
        return super().get_context_data(**context | kwargs)


class AnnouncementFileView(AnnouncementView):
    """A file of an announcement, for those who see its text."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        found: Announcement = self.get_object()
        own = found.organisation_id == self.scope.organisation_id
        if own or found.state == Announcement.State.PUBLISHED:
            for file in files_of(found):
                if str(file.pk) == self.kwargs["file_id"]:
                    return attachment_response(file)
        raise Http404


class AnnouncementReadersView(ScopedListView):
    """Which organisations have read it, first those that have not; for the own office."""

    template_name = "inbox/announcement_readers.html"
    paginate_by = 50

    def exists_for(self, scope: Scope) -> bool:
        return publishes(scope)

    def visible(self, scope: Scope) -> QuerySet[AnnouncementRecipient]:
        rows = visible_announcements(scope).filter(
            organisation_id=scope.organisation_id, published_at__isnull=False
        )
        found = rows.filter(code=self.kwargs["key"]).first()
        if found is None:
            raise Http404
        self.announcement = found
        self.only = "read" if self.request.GET.get("only") == "read" else "unread"
        recipients = recipients_with_reading(scope, found)
        return with_receipt(recipients) if self.only == "read" else without_receipt(recipients)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found, counts = self.announcement, reach(self.announcement)
        address = reverse("announcement-readers", args=[found.code])
        return super().get_context_data(
            **{
                "announcement": found,
                "only": self.only,
                "tabs": [
                    {"label": "未读", "url": address, "count": counts.unread,
                     "active": self.only == "unread"},
                    {"label": "已读", "url": f"{address}?only=read", "count": counts.read,
                     "active": self.only == "read"},
                ],
                "breadcrumbs": [
                    {"label": "公告", "url": reverse("announcement-list")},
                    {"label": found.code, "url": reverse("announcement", args=[found.code])},
                    {"label": "阅读情况"},
                ],
                "page_note": f"{counts.meant:,} 家单位中 {counts.read:,} 家已读；单位中任何一人打开即为已读",
                "page_title": f"阅读情况：{found.title}",
                **kwargs,
            }
        )  # fmt: skip


def _seen_newer(found: Announcement) -> Announcement | None:
    """The version that took its place, once that is out."""
    newer = getattr(found, "replaced_by", None)
    return newer if newer is not None and newer.published_at is not None else None
