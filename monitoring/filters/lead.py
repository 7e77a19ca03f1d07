"""Filters of leads that list and API share."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from monitoring.models import Lead


class LeadFilter(django_filters.FilterSet):
    """By kind, state, last month; words of number, institution or enterprise."""

    kind = django_filters.ChoiceFilter(label="类型", choices=Lead.Kind.choices)
    state = django_filters.ChoiceFilter(label="状态", choices=Lead.State.choices)
    year = django_filters.NumberFilter(
        label="年份", field_name="period_to__year", min_value=2000, max_value=2100
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = Lead
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[Lead], name: str, value: str) -> QuerySet[Lead]:
        words = value.strip()
        return rows.filter(
            Q(lead_no=words)
            | Q(institution__name__contains=words)
            | Q(institution__initials__startswith=words.lower())
            | Q(enterprise__name__contains=words)
            | Q(enterprise__initials__startswith=words.lower())
        )
