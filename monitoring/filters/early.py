"""Filters of early notices."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet

from monitoring.models import EarlyNotice
from monitoring.queries.early_notices import notices_about
from monitoring.queries.months import MalformedMonth, parse_month


class EarlyNoticeFilter(django_filters.FilterSet):
    """By month, limit, batch, and words."""

    month = django_filters.CharFilter(label="月份", method="by_month", max_length=7)
    rule = django_filters.ChoiceFilter(label="提示", choices=EarlyNotice.Rule.choices)
    batch = django_filters.CharFilter(label="批次", field_name="batch_code", max_length=40)
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = EarlyNotice
        fields: tuple[str, ...] = ()

    def by_month(self, rows: QuerySet[EarlyNotice], name: str, value: str) -> QuerySet[EarlyNotice]:
        try:
            return rows.filter(month=parse_month(value))
        except MalformedMonth:
            return rows.none()

    def by_words(self, rows: QuerySet[EarlyNotice], name: str, value: str) -> QuerySet[EarlyNotice]:
        return notices_about(rows, value.strip())
