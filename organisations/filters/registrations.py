"""Filters of registrations and of changes of organisations."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet

from organisations.models import OrganisationChange, Registration
from organisations.queries.changes import change_matching
from organisations.queries.registrations import registration_matching
from organisations.states import RegistrationState

FILED = tuple(choice for choice in RegistrationState.choices if choice[0] != "draft")


class RegistrationFilter(django_filters.FilterSet):
    """Registrations by state, kind, days of the last step and words."""

    state = django_filters.ChoiceFilter(label="状态", choices=FILED)
    kind = django_filters.ChoiceFilter(label="类别", choices=Registration.Kind.choices)
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = Registration
        fields: tuple[str, ...] = ()

    def by_words(
        self, rows: QuerySet[Registration], name: str, value: str
    ) -> QuerySet[Registration]:
        return rows.filter(registration_matching(value.strip()))


class OrganisationChangeFilter(django_filters.FilterSet):
    """Changes by state, matter and words."""

    state = django_filters.ChoiceFilter(label="状态", choices=OrganisationChange.State.choices)
    kind = django_filters.ChoiceFilter(label="事项", choices=OrganisationChange.Kind.choices)
    effective_from = django_filters.DateFilter(
        label="生效日自", field_name="effective_on", lookup_expr="gte"
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = OrganisationChange
        fields: tuple[str, ...] = ()

    def by_words(
        self, rows: QuerySet[OrganisationChange], name: str, value: str
    ) -> QuerySet[OrganisationChange]:
        return rows.filter(change_matching(value.strip()))
