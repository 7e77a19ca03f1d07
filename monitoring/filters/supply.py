"""Filters of products under the limits of supply."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet

from monitoring.models import FigureColumns, IndicatorValue
from monitoring.queries.search import figures_about
from monitoring.queries.supply_limits import WORDS


class SupplyLimitFilter(django_filters.FilterSet):
    """By rate, batch, and words of product or maker."""

    indicator = django_filters.ChoiceFilter(label="指标", choices=list(WORDS.items()))
    batch = django_filters.CharFilter(label="批次", field_name="batch_code", max_length=40)
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = FigureColumns
        fields: tuple[str, ...] = ()

    def by_words(
        self, rows: QuerySet[IndicatorValue], name: str, value: str
    ) -> QuerySet[IndicatorValue]:
        return figures_about(rows, value.strip())
