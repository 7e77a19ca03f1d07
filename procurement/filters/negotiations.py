"""Filters of 议价, for list and API."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from catalog.queries.search import named
from procurement.models import Negotiation


class NegotiationFilter(django_filters.FilterSet):
    stage = django_filters.ChoiceFilter(
        label="状态", field_name="state", choices=Negotiation.State.choices
    )
    institution = django_filters.CharFilter(
        label="医疗机构代码", field_name="institution__code", max_length=40
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = Negotiation
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[Negotiation], name: str, value: str) -> QuerySet[Negotiation]:
        return rows.filter(
            Q(negotiation_no=value.strip())
            | named(value, "product__")
            | named(value, "institution__")
        )
