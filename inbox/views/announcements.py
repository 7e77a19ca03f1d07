"""公告: the lists, one announcement, its files, and who has read it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from core.lists.address import ALL
from core.views.object_page import Action, document_items, offered_actions
from inbox.filters import AnnouncementFilter, ReaderFilter
from inbox.models import Announcement, AnnouncementRecipient
from inbox.operations.announcements import note_reading
from inbox.queries.announcements import (
    announcement_holder,
    announcement_standings,
    audience,
    files_of,
    listed,
    publishes,
    reach,
    recipients_with_reading,
    with_receipt,
    without_receipt,
)
from inbox.queries.visible import visible_announcements
from inbox.states import ANNOUNCEMENT_MACHINE, STATE_LEVELS
from inbox.tables import ANNOUNCEMENT_COLUMNS, READER_COLUMNS
from organisations.queries.object_steps import steps_of
from organisations.queries.scope import Scope
from organisations.views.files import kept_file
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView

TABS = (("", "有效"), ("all", "全部"), ("own", "本单位发布"))


class AnnouncementListView(FilteredListView):
    """What the reader was told; publishers also see what their own office wrote."""

    page_title = "公告"
    filterset_class = AnnouncementFilter
    columns = ANNOUNCEMENT_COLUMNS
    default_sort = "-published"
    route, export_route, sheet_name = "announcement-list", "announcement-export", "公告"
    bar = ("category", "reading")
    held = ("tab",)
    search_hint = "标题、编号、发布单位、拼音首字母"
    empty_title, empty_icon = "没有公告", "flag"
    empty_text = "医保局和采购服务中心发给本单位的公告会出现在这里。"

    @property
    def tab(self) -> str:
        """The tab that is asked for and is there for the reader; else what is in force."""
        given = self.request.GET.get("tab", "")
        return given if given == "all" or (given == "own" and publishes(self.scope)) else ""

    def everything(self, scope: Scope) -> QuerySet[Announcement]:
        return listed(scope, self.tab, timezone.localdate())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        offices = publishes(self.scope)
        address = reverse("announcement-list")
        writes = {
            "label": "写公告", "url": reverse("announcement-new"), "kind": "primary",
            "icon": "plus",
        }  # fmt: skip
        return super().get_context_data(
            tabs=[
                {
                    "label": label,
                    "url": f"{address}?tab={name}" if name else f"{address}?{ALL}",
                    "active": name == self.tab,
                }
                for name, label in TABS
                if name != "own" or offices
            ],
            actions=[writes]
            if offices and self.scope.has_role("clerk", "reviewer", "leader")
            else [],
            **kwargs,
        )


class AnnouncementExportView(ExportMixin, AnnouncementListView):
    pass


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
            "documents": document_items(
                files_of(found) if shown else [],
                lambda each: reverse("announcement-file", args=[found.code, each.pk]),
            ),
            "level": STATE_LEVELS[found.state],
            "holder": announcement_holder(found) if own else "",
            "offered": own_acts(found, standings),
            "timeline": steps_of(
                self.scope, ANNOUNCEMENT_MACHINE.name, found.pk, found.code
            ) if own else [],
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
                    return kept_file(request, file)
        raise Http404


class AnnouncementReadersView(FilteredListView):
    """Which organisations have read it, first those that have not; for the own office."""

    filterset_class = ReaderFilter
    columns = READER_COLUMNS
    default_sort = "region"
    route, export_route = "announcement-readers", "announcement-readers-export"
    sheet_name = "阅读情况"
    bar = ("kind",)
    held = ("only",)
    search_hint = "单位、编码、拼音首字母"
    empty_title, empty_text, empty_icon = "没有这样的单位", "", "circle-check"

    def exists_for(self, scope: Scope) -> bool:
        return publishes(scope)

    @property
    def only(self) -> str:
        return "read" if self.request.GET.get("only") == "read" else "unread"

    def everything(self, scope: Scope) -> QuerySet[AnnouncementRecipient]:
        rows = visible_announcements(scope).filter(
            organisation_id=scope.organisation_id, published_at__isnull=False
        )
        found = rows.filter(code=self.kwargs["key"]).first()
        if found is None:
            raise Http404
        self.announcement = found
        recipients = recipients_with_reading(scope, found)
        return with_receipt(recipients) if self.only == "read" else without_receipt(recipients)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found, counts = self.announcement, reach(self.announcement)
        address = reverse("announcement-readers", args=[found.code])
        return super().get_context_data(
            **{
                "tabs": [
                    {"label": "未读", "url": f"{address}?{ALL}", "count": counts.unread,
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


class AnnouncementReadersExportView(ExportMixin, AnnouncementReadersView):
    pass


def own_acts(found: Announcement, standings: frozenset[str]) -> list[Action]:
    """What the own office can do now: edit or correct, and the steps of the table."""
    acts: list[Action] = []
    address = reverse("announcement-edit", args=[found.code])
    if "author" in standings and found.state == Announcement.State.DRAFT:
        acts.append({"label": "修改", "icon": "edit", "url": address})
    if "author" in standings and found.state == Announcement.State.PUBLISHED:
        acts.append(
            {"label": "发更正版", "method": "post", "fields": {"version": found.row_version},
             "url": reverse("announcement-act", args=[found.code, "revise"])}
        )  # fmt: skip
    steps = offered_actions(
        ANNOUNCEMENT_MACHINE.offers(found, standings),
        url=lambda verb: reverse("announcement-act", args=[found.code, verb]),
        version=found.row_version,
        dialogs={"return": "act-return", "withdraw": "act-withdraw"},
    )
    return acts + steps


def _seen_newer(found: Announcement) -> Announcement | None:
    """The version that took its place, once that is out."""
    newer = getattr(found, "replaced_by", None)
    return newer if newer is not None and newer.published_at is not None else None
