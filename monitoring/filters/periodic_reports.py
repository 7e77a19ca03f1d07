"""Filters of periodic reports that list and API share."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from monitoring.models import PeriodicReport
from monitoring.queries.periodic_reports import late_reports

YES = (("1", "是"),)


class PeriodicReportFilter(django_filters.FilterSet):
    """By kind, state, year, bureau, and whether the day has passed."""

    kind = django_filters.ChoiceFilter(label="种类", choices=PeriodicReport.Kind.choices)
    state = django_filters.ChoiceFilter(label="状态", choices=PeriodicReport.State.choices)
    year = django_filters.NumberFilter(
        label="年份", field_name="period_from__year", min_value=2000, max_value=2100
    )
    late = django_filters.ChoiceFilter(label="逾期未报送", choices=YES, method="by_late")
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = PeriodicReport
        fields: tuple[str, ...] = ()

    def by_late(
        self, rows: QuerySet[PeriodicReport], name: str, value: str
    ) -> QuerySet[PeriodicReport]:
        return rows.filter(late_reports(timezone.localdate()))

    def by_words(
        self, rows: QuerySet[PeriodicReport], name: str, value: str
    ) -> QuerySet[PeriodicReport]:
        words = value.strip()
        return rows.filter(
            Q(report_no=words) | Q(title__contains=words) | Q(issuer__name__contains=words)
            | Q(issuer__initials__startswith=words.lower())
        )  # fmt: skip
