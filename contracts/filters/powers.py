"""Filters of powers of attorney and of disposals."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from catalog.queries.search import named
from contracts.models import Disposal, PowerOfAttorney


class PowerFilter(django_filters.FilterSet):
    stage = django_filters.ChoiceFilter(
        label="状态", field_name="state", choices=PowerOfAttorney.State.choices
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = PowerOfAttorney
        fields: tuple[str, ...] = ()

    def by_words(
        self, rows: QuerySet[PowerOfAttorney], name: str, value: str
    ) -> QuerySet[PowerOfAttorney]:
        return rows.filter(
            Q(power_no=value.strip()) | named(value, "principal__") | named(value, "agent__")
        )


class DisposalFilter(django_filters.FilterSet):
    stage = django_filters.ChoiceFilter(
        label="状态", field_name="state", choices=Disposal.State.choices
    )
    kind = django_filters.ChoiceFilter(label="方式", choices=Disposal.Kind.choices)
    batch = django_filters.CharFilter(label="批次代码", field_name="batch__code", max_length=40)
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = Disposal
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[Disposal], name: str, value: str) -> QuerySet[Disposal]:
        return rows.filter(Q(disposal_no=value.strip()) | named(value, "organisation__"))
