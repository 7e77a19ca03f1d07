"""Filters of plans, for list and API."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from catalog.queries.search import named
from procurement.models import ProcurementPlan


class PlanFilter(django_filters.FilterSet):
    stage = django_filters.ChoiceFilter(
        label="状态", field_name="state", choices=ProcurementPlan.State.choices
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = ProcurementPlan
        fields: tuple[str, ...] = ()

    def by_words(
        self, rows: QuerySet[ProcurementPlan], name: str, value: str
    ) -> QuerySet[ProcurementPlan]:
        return rows.filter(Q(plan_no=value.strip().upper()) | named(value, "institution__"))
