"""Rows with two days, by whether they hold today, later or no more."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from catalog.queries.dated import holding

IN_FORCE = (("now", "现行"), ("coming", "未到"), ("ended", "已结束"))


class PeriodFilter(django_filters.FilterSet):
    """`valid_from` and `valid_to`, half-open."""

    period = django_filters.ChoiceFilter(label="期间", choices=IN_FORCE, method="by_period")

    def by_period(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        today = timezone.localdate()
        conditions = {
            "now": holding(today),
            "coming": Q(valid_from__gt=today),
            "ended": Q(valid_to__lte=today),
        }
        return rows.filter(conditions[value])
