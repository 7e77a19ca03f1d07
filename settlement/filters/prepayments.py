"""Filters of prepayments."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from catalog.queries.search import named
from settlement.models import Prepayment


class PrepaymentFilter(django_filters.FilterSet):
    stage = django_filters.ChoiceFilter(
        label="状态", field_name="state", choices=Prepayment.State.choices
    )
    kind = django_filters.ChoiceFilter(label="对象", choices=Prepayment.Kind.choices)
    batch = django_filters.CharFilter(label="批次代码", field_name="batch__code", max_length=40)
    year_no = django_filters.NumberFilter(label="采购年度序号", min_value=1, max_value=99)
    pool = django_filters.CharFilter(label="统筹区代码", field_name="pool__code", max_length=40)
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = Prepayment
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[Prepayment], name: str, value: str) -> QuerySet[Prepayment]:
        return rows.filter(
            Q(prepayment_no=value.strip())
            | named(value, "institution__")
            | named(value, "enterprise__")
        )
