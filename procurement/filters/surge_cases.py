"""Filters of surge cases and transfers, for list and API."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from catalog.queries.search import named
from procurement.models import SurgeCase, Transfer


class SurgeCaseFilter(django_filters.FilterSet):
    stage = django_filters.ChoiceFilter(
        label="状态", field_name="state", choices=SurgeCase.State.choices
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = SurgeCase
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[SurgeCase], name: str, value: str) -> QuerySet[SurgeCase]:
        return rows.filter(Q(case_no=value.strip()) | named(value, "group__"))


class TransferFilter(django_filters.FilterSet):
    stage = django_filters.ChoiceFilter(
        label="状态", field_name="state", choices=Transfer.State.choices
    )
    report_no = django_filters.CharFilter(
        label="应急需求编号", field_name="report__report_no", max_length=24
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = Transfer
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[Transfer], name: str, value: str) -> QuerySet[Transfer]:
        found = named(value, "product__") | named(value, "institution__") | named(value, "lender__")
        return rows.filter(Q(transfer_no=value.strip()) | found)
