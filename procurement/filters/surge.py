"""Filters of reports of a surge, for list and API."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from catalog.queries.search import named
from procurement.models import SurgeReport


class SurgeFilter(django_filters.FilterSet):
    stage = django_filters.ChoiceFilter(
        label="状态", field_name="state", choices=SurgeReport.State.choices
    )
    cause = django_filters.ChoiceFilter(label="原因", choices=SurgeReport.Cause.choices)
    institution = django_filters.CharFilter(
        label="医疗机构代码", field_name="institution__code", max_length=40
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = SurgeReport
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[SurgeReport], name: str, value: str) -> QuerySet[SurgeReport]:
        return rows.filter(
            Q(report_no=value.strip()) | named(value, "product__") | named(value, "institution__")
        )
