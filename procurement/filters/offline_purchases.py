"""Filters of purchases off the platform, for list and API."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from catalog.queries.search import named
from procurement.models import OfflinePurchase


class OfflineFilter(django_filters.FilterSet):
    stage = django_filters.ChoiceFilter(
        label="状态", field_name="state", choices=OfflinePurchase.State.choices
    )
    source = django_filters.ChoiceFilter(label="来源", choices=OfflinePurchase.Source.choices)
    institution = django_filters.CharFilter(
        label="医疗机构代码", field_name="institution__code", max_length=40
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = OfflinePurchase
        fields: tuple[str, ...] = ()

    def by_words(
        self, rows: QuerySet[OfflinePurchase], name: str, value: str
    ) -> QuerySet[OfflinePurchase]:
        number = Q(purchase_no=value.strip())
        return rows.filter(number | named(value, "product__") | named(value, "institution__"))
