"""Filters of what waits and of what people were told."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from inbox.models import Notice, Task
from inbox.queries.due_words import due_today


class NoticeFilter(django_filters.FilterSet):
    """Notices that are unread, or have these words in title or text."""

    unread = django_filters.ChoiceFilter(
        label="未读", choices=(("1", "只看未读"),), method="by_unread"
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = Notice
        fields: tuple[str, ...] = ()

    def by_unread(self, rows: QuerySet[Notice], name: str, value: str) -> QuerySet[Notice]:
        return rows.exclude(read_by=self.request.user)

    def by_words(self, rows: QuerySet[Notice], name: str, value: str) -> QuerySet[Notice]:
        return rows.filter(Q(title__icontains=value.strip()) | Q(body__icontains=value.strip()))


class TaskFilter(django_filters.FilterSet):
    """Tasks that are late, due today or neither, of one kind of act, or with these words in the title."""

    late = django_filters.ChoiceFilter(
        label="期限",
        choices=(("1", "已超期"), ("today", "今天到期"), ("0", "未超期")),
        method="by_late",
    )
    act = django_filters.CharFilter(label="事项", max_length=60)
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = Task
        fields: tuple[str, ...] = ()

    def by_late(self, rows: QuerySet[Task], name: str, value: str) -> QuerySet[Task]:
        now = timezone.now()
        if value == "today":
            return rows.filter(due_today(now))
        past = Q(due_at__lt=now)
        return rows.filter(past) if value == "1" else rows.exclude(past)

    def by_words(self, rows: QuerySet[Task], name: str, value: str) -> QuerySet[Task]:
        return rows.filter(Q(title__icontains=value.strip()) | Q(object_key=value.strip()))
