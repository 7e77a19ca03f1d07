"""Filters of trainings and of their coverage, which lists and API share."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from catalog.queries.search import named
from monitoring.models import Training
from monitoring.queries.trainings import uncovered
from organisations.models import Organisation

YES = (("1", "是"),)


class TrainingFilter(django_filters.FilterSet):
    """By kind, state, year; words of title, organiser or number."""

    kind = django_filters.ChoiceFilter(label="种类", choices=Training.Kind.choices)
    state = django_filters.ChoiceFilter(label="状态", choices=Training.State.choices)
    year = django_filters.NumberFilter(
        label="年份", field_name="held_on__year", min_value=2000, max_value=2100
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = Training
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[Training], name: str, value: str) -> QuerySet[Training]:
        words = value.strip()
        return rows.filter(
            Q(training_no=words) | Q(title__contains=words) | named(value, "organiser__")
        )


class CoverageFilter(django_filters.FilterSet):
    """Of institutions with what they attended in a year; the year itself is read by the list."""

    year = django_filters.NumberFilter(
        label="年份", method="by_year", min_value=2000, max_value=2100
    )
    missing = django_filters.ChoiceFilter(label="未覆盖", choices=YES, method="by_missing")
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = Organisation
        fields: tuple[str, ...] = ()

    def by_year(
        self, rows: QuerySet[Organisation], name: str, value: object
    ) -> QuerySet[Organisation]:
        return rows  # counted by it already

    def by_missing(
        self, rows: QuerySet[Organisation], name: str, value: str
    ) -> QuerySet[Organisation]:
        return rows.filter(uncovered())

    def by_words(
        self, rows: QuerySet[Organisation], name: str, value: str
    ) -> QuerySet[Organisation]:
        return rows.filter(named(value, ""))
