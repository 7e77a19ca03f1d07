"""Filters of standby cases, for list and API."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from catalog.queries.search import named
from procurement.models import StandbyCase


class StandbyFilter(django_filters.FilterSet):
    stage = django_filters.ChoiceFilter(
        label="状态", field_name="state", choices=StandbyCase.State.choices
    )
    source = django_filters.ChoiceFilter(label="来源", choices=StandbyCase.Source.choices)
    region = django_filters.CharFilter(
        label="供应地区代码", field_name="region__code", max_length=6
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = StandbyCase
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[StandbyCase], name: str, value: str) -> QuerySet[StandbyCase]:
        return rows.filter(
            Q(case_no=value.strip())
            | named(value, "product__")
            | named(value, "standby_product__")
            | named(value, "manufacturer__")
        )
