"""Filters of 考核豁免申请 that lists and API share."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from catalog.queries.search import named
from monitoring.models import ExemptionApplication
from monitoring.states.exemption_application import KINDS, ExemptionCause


class ExemptionApplicationFilter(django_filters.FilterSet):
    """By state, kind, cause, batch; words of institution or product."""

    state = django_filters.ChoiceFilter(label="状态", choices=ExemptionApplication.State.choices)
    kind = django_filters.ChoiceFilter(label="种类", choices=KINDS)
    cause = django_filters.ChoiceFilter(label="事由", choices=ExemptionCause.choices)
    batch = django_filters.CharFilter(label="批次代码", field_name="batch__code", max_length=40)
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = ExemptionApplication
        fields: tuple[str, ...] = ()

    def by_words(
        self, rows: QuerySet[ExemptionApplication], name: str, value: str
    ) -> QuerySet[ExemptionApplication]:
        return rows.filter(
            Q(application_no=value.strip())
            | named(value, "institution__")
            | named(value, "product__")
        )
