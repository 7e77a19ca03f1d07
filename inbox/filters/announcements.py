"""Filters of announcements and of who has read one."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet

from inbox.models import Announcement, AnnouncementRecipient
from inbox.queries.announcements import matching, recipient_matching, unread
from organisations.models import Organisation
from organisations.views.request_scope import request_scope


class AnnouncementFilter(django_filters.FilterSet):
    """Announcements by category, what one has not read, and words."""

    category = django_filters.ChoiceFilter(label="类别", choices=Announcement.Category.choices)
    reading = django_filters.ChoiceFilter(
        label="阅读", choices=(("unread", "未读"),), method="by_reading"
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = Announcement
        fields: tuple[str, ...] = ()

    def by_reading(
        self, rows: QuerySet[Announcement], name: str, value: str
    ) -> QuerySet[Announcement]:
        return unread(rows, request_scope(self.request))

    def by_words(
        self, rows: QuerySet[Announcement], name: str, value: str
    ) -> QuerySet[Announcement]:
        return rows.filter(matching(value.strip()))


class ReaderFilter(django_filters.FilterSet):
    """Organisations that an announcement is for, by kind and words."""

    kind = django_filters.ChoiceFilter(
        label="类别",
        field_name="organisation__kind",
        choices=[choice for choice in Organisation.Kind.choices if choice[0] != "platform"],
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = AnnouncementRecipient
        fields: tuple[str, ...] = ()

    def by_words(
        self, rows: QuerySet[AnnouncementRecipient], name: str, value: str
    ) -> QuerySet[AnnouncementRecipient]:
        return rows.filter(recipient_matching(value.strip()))
