"""Filters of what goes outside: messages to people, and webhooks with their attempts."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from inbox.models import Channel, DeliveryAttempt, WebhookAttempt, WebhookEndpoint
from inbox.queries.change_kinds import CHANGE_KINDS
from organisations.queries.people import matching_prefixed

KINDS = tuple((name, kind.label) for name, kind in CHANGE_KINDS.items())


class DeliveryFilter(django_filters.FilterSet):
    """The log of messages by channel, how it ended, day and person."""

    channel = django_filters.ChoiceFilter(label="渠道", choices=Channel.choices)
    outcome = django_filters.ChoiceFilter(label="结果", choices=DeliveryAttempt.Outcome.choices)
    since = django_filters.DateFilter(label="自", field_name="at", lookup_expr="date__gte")
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = DeliveryAttempt
        fields: tuple[str, ...] = ()

    def by_words(
        self, rows: QuerySet[DeliveryAttempt], name: str, value: str
    ) -> QuerySet[DeliveryAttempt]:
        return rows.filter(matching_prefixed("user__", value.strip()))


class WebhookFilter(django_filters.FilterSet):
    """Endpoints by state, kind of change and words."""

    state = django_filters.ChoiceFilter(label="状态", choices=WebhookEndpoint.State.choices)
    kind = django_filters.ChoiceFilter(label="接收的变更", choices=KINDS, method="by_kind")
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=100)

    class Meta:
        model = WebhookEndpoint
        fields: tuple[str, ...] = ()

    def by_kind(
        self, rows: QuerySet[WebhookEndpoint], name: str, value: str
    ) -> QuerySet[WebhookEndpoint]:
        return rows.filter(kinds__contains=[value])

    def by_words(
        self, rows: QuerySet[WebhookEndpoint], name: str, value: str
    ) -> QuerySet[WebhookEndpoint]:
        words = value.strip()
        return rows.filter(
            Q(name__icontains=words)
            | Q(initials__icontains=words.lower())
            | Q(number__istartswith=words)
            | Q(url__icontains=words)
        )


class AttemptFilter(django_filters.FilterSet):
    """Attempts at one endpoint by how they ended, kind of change, day and number."""

    outcome = django_filters.ChoiceFilter(label="结果", choices=WebhookAttempt.Outcome.choices)
    kind = django_filters.ChoiceFilter(label="变更", choices=KINDS, field_name="delivery__kind")
    since = django_filters.DateFilter(label="自", field_name="begun_at", lookup_expr="date__gte")
    q = django_filters.CharFilter(label="变更号", method="by_number", max_length=40)

    class Meta:
        model = WebhookAttempt
        fields: tuple[str, ...] = ()

    def by_number(
        self, rows: QuerySet[WebhookAttempt], name: str, value: str
    ) -> QuerySet[WebhookAttempt]:
        digits = value.strip().lower().removeprefix("chg_")
        if digits.isascii() and digits.isdigit() and len(digits) <= 18:
            return rows.filter(
                Q(delivery__change_id=int(digits)) | Q(delivery__message__object_key=digits)
            )
        return rows.filter(delivery__message__object_key=value.strip())
