"""Filter of lines whose progress is not what their facts say."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet

from procurement.models import ProgressDifference


class ProgressDifferenceFilter(django_filters.FilterSet):
    open = django_filters.ChoiceFilter(
        label="状态", choices=(("1", "待重建"), ("0", "已重建")), method="by_state"
    )
    q = django_filters.CharFilter(label="订单行", field_name="label", max_length=60)

    class Meta:
        model = ProgressDifference
        fields: tuple[str, ...] = ()

    def by_state(
        self, rows: QuerySet[ProgressDifference], name: str, value: str
    ) -> QuerySet[ProgressDifference]:
        return rows.filter(healed_at__isnull=value == "1")
