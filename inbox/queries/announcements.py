"""Announcements as people list them, who has read them, and who is meant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)

from core.attachments.models import Attachment, StoredFile
from inbox.models import Announcement, AnnouncementReceipt, AnnouncementRecipient
from inbox.queries.batch_audience import batch_members
from inbox.queries.visible import visible_announcements, visible_recipients
from inbox.states import AUTHOR, OTHER_REVIEWER, PUBLISHER
from organisations.models import Organisation, Region
from organisations.queries.scope import Scope
from organisations.queries.visible import visible_organisations, visible_regions

PUBLISHING_KINDS = ("bureau", "procurement_centre")
FILES_OF = "announcement"


def publishes(scope: Scope) -> bool:
    """Announcements are made by bureaus and procurement centres."""
    return scope.is_business and scope.kind in PUBLISHING_KINDS


def announcement_standings(scope: Scope, announcement: Announcement) -> frozenset[str]:
    """Clerks write; a reviewer or leader who did not submit it reviews; both of the own office."""
    if not scope.is_business or announcement.organisation_id != scope.organisation_id:
        return frozenset()
    held = set()
    if scope.has_role("clerk", "reviewer", "leader"):
        held.add(AUTHOR)
    if scope.has_role("reviewer", "leader"):
        held.add(PUBLISHER)
        if announcement.submitted_by_id != scope.user_id:
            held.add(OTHER_REVIEWER)
    return frozenset(held)


def announcement_holder(announcement: Announcement) -> str:
    """Who of the own office has it now; empty once it is out or has ended."""
    if announcement.state == Announcement.State.DRAFT:
        return f"{announcement.organisation.name}经办"
    if announcement.state == Announcement.State.SUBMITTED:
        return f"{announcement.organisation.name}另一名审核人或负责人"
    return ""


def received(scope: Scope, today: date) -> QuerySet[Announcement]:
    """What is in force for the reader, pinned first; `is_read` by this person."""
    rows = visible_announcements(scope).filter(state="published").filter(_in_force(today))
    is_read = ExpressionWrapper(Q(_read_by(scope)), output_field=BooleanField())
    rows = rows.select_related("organisation").annotate(is_read=is_read)
    return rows.order_by("-is_pinned", "-published_at", "-pk")


def all_published(scope: Scope) -> QuerySet[Announcement]:
    """Everything ever published that the reader may see, also what has run out or was taken back."""
    is_read = ExpressionWrapper(Q(_read_by(scope)), output_field=BooleanField())
    return (
        visible_announcements(scope)
        .filter(published_at__isnull=False)
        .select_related("organisation")
        .annotate(is_read=is_read)
        .order_by("-published_at", "-pk")
    )


def of_own_office(scope: Scope) -> QuerySet[Announcement]:
    """What the own office wrote, in every state, newest first."""
    rows = visible_announcements(scope).filter(organisation_id=scope.organisation_id)
    return rows.select_related("organisation").order_by("-pk")


def listed(scope: Scope, tab: str, today: date) -> QuerySet[Announcement]:
    """The rows of one tab of the list: `own`, `all`, else what is in force.

    `pinned_now` puts what is pinned first while it is in force, `shows_state` asks for the state
    instead of whether it was read.
    """
    if tab == "own":
        rows, pins, states = of_own_office(scope), Value(False), True
        rows = rows.annotate(is_read=Value(False))
    elif tab == "all":
        rows, pins, states = all_published(scope), Value(False), False
    else:
        return received(scope, today).annotate(pinned_now=F("is_pinned"), shows_state=Value(False))
    return rows.annotate(pinned_now=pins, shows_state=Value(states))


def recipient_matching(words: str) -> Q:
    """Recipients by name, code or initials of the organisation."""
    return (
        Q(organisation__name__icontains=words)
        | Q(organisation__code__istartswith=words)
        | Q(organisation__initials__istartswith=words)
    )


def unread(rows: QuerySet[Announcement], scope: Scope) -> QuerySet[Announcement]:
    return rows.filter(~_read_by(scope))


def matching(words: str) -> Q:
    """By title, number, publisher or pinyin initials."""
    return (
        Q(title__icontains=words)
        | Q(code__istartswith=words)
        | Q(initials__icontains=words.lower())
        | Q(organisation__name__icontains=words)
        | Q(organisation__initials__istartswith=words)
    )


def public_announcements(today: date) -> QuerySet[Announcement]:
    """What everybody may read without signing in and is in force."""
    return (
        Announcement.objects.filter(is_public=True, state="published")
        .filter(_in_force(today))
        .select_related("organisation")
        .order_by("-is_pinned", "-published_at", "-pk")
    )


def once_public() -> QuerySet[Announcement]:
    """With those that were corrected or taken back: their addresses still answer."""
    return Announcement.objects.filter(is_public=True, published_at__isnull=False).select_related(
        "organisation", "replaced_by"
    )


def files_of(announcement: Announcement) -> list[Attachment]:
    """The files of this version that passed inspection."""
    return list(
        Attachment.objects.filter(
            owner_type=FILES_OF, owner_id=announcement.pk, file__scan=StoredFile.Scan.CLEAN
        )
        .exclude(pk__in=announcement.dropped_files)
        .select_related("file")
        .order_by("pk")
    )


def audience(announcement: Announcement, scope: Scope) -> QuerySet[Organisation]:
    """Whom the publisher means, out of those whom it sees.

    A region narrows those that have one; enterprises have none and are meant by kind. A batch
    narrows to the parties of its agreements.
    """
    rows = visible_organisations(scope).filter(is_active=True).exclude(kind="platform")
    rows = rows.exclude(pk=announcement.organisation_id)
    if announcement.kinds:
        rows = rows.filter(kind__in=announcement.kinds)
    if announcement.region is not None:
        code = announcement.region_id
        rows = rows.filter(
            Q(region_id=code)
            | Q(region__parent_id=code)
            | Q(region__parent__parent_id=code)
            | Q(kind="enterprise")
        )
    if announcement.batch_code:
        rows = rows.filter(pk__in=batch_members(announcement.batch_code).values("pk"))
    return rows


def region_choices(scope: Scope) -> list[tuple[str, str]]:
    """The regions of the publisher's own subtree, cities before their counties."""
    own = scope.region_id
    rows = visible_regions(scope).filter(Q(pk=own) | Q(parent_id=own) | Q(parent__parent_id=own))
    indent = {Region.Level.COUNTY: "　"}
    return [
        (region.code, f"{indent.get(Region.Level(region.level), '')}{region.name}")
        for region in rows.order_by("code")
    ]


@dataclass(frozen=True)
class Reach:
    """Of how many organisations how many have read it; a person's reading is the organisation's."""

    meant: int
    read: int

    @property
    def unread(self) -> int:
        return self.meant - self.read


def reach(announcement: Announcement) -> Reach:
    rows = AnnouncementRecipient.objects.filter(announcement=announcement)
    return Reach(rows.count(), rows.filter(_organisation_read()).count())


def recipients_with_reading(scope: Scope, announcement: Announcement) -> QuerySet[Any]:
    """Organisations meant, with when and by whom it was first read; those who have not come first."""
    first = AnnouncementReceipt.objects.filter(
        announcement=announcement, organisation_id=OuterRef("organisation_id")
    ).order_by("read_at", "pk")
    return (
        visible_recipients(scope)
        .filter(announcement=announcement)
        .select_related("organisation__region")
        .annotate(
            first_read_at=Subquery(first.values("read_at")[:1]),
            first_reader=Subquery(first.values("user__name")[:1]),
        )
        .order_by("organisation__region__code", "organisation__code")
    )


def _organisation_read() -> Exists:
    return Exists(
        AnnouncementReceipt.objects.filter(
            announcement_id=OuterRef("announcement_id"),
            organisation_id=OuterRef("organisation_id"),
        )
    )


def without_receipt(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Of these recipients those that nobody has read for."""
    return rows.filter(~_organisation_read())


def with_receipt(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(_organisation_read())


def _read_by(scope: Scope) -> Exists:
    return Exists(
        AnnouncementReceipt.objects.filter(announcement_id=OuterRef("pk"), user_id=scope.user_id)
    )


def _in_force(today: date) -> Q:
    return Q(valid_until__isnull=True) | Q(valid_until__gte=today)
