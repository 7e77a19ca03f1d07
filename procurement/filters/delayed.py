"""Filters of lists of late answers."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from catalog.queries.search import named
from procurement.models import DelayedList


class DelayedListFilter(django_filters.FilterSet):
    stage = django_filters.ChoiceFilter(
        label="状态", field_name="state", choices=DelayedList.State.choices
    )
    since = django_filters.DateFilter(label="清单日期自", field_name="listed_on", lookup_expr="gte")
    until = django_filters.DateFilter(label="至", field_name="listed_on", lookup_expr="lte")
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = DelayedList
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[DelayedList], name: str, value: str) -> QuerySet[DelayedList]:
        return rows.filter(Q(list_no=value.strip()) | named(value, "distributor__"))
