"""Filters of 惩戒案件 that list and API share."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from catalog.queries.search import named
from monitoring.models import SanctionCase
from monitoring.states.sanction_case import RUNNING

YES = (("1", "是"),)


class SanctionCaseFilter(django_filters.FilterSet):
    """By kind, cause, state, enterprise and day of effect."""

    kind = django_filters.ChoiceFilter(label="种类", choices=SanctionCase.Kind.choices)
    cause = django_filters.ChoiceFilter(
        label="事由类别", choices=SanctionCase._meta.get_field("cause").choices
    )
    state = django_filters.ChoiceFilter(label="状态", choices=SanctionCase.State.choices)
    subject = django_filters.CharFilter(
        label="当事企业代码", field_name="subject__code", max_length=40
    )
    effective_from = django_filters.DateFilter(
        label="生效日自", field_name="effective_on", lookup_expr="gte"
    )
    effective_to = django_filters.DateFilter(
        label="生效日至", field_name="effective_on", lookup_expr="lte"
    )
    running = django_filters.ChoiceFilter(label="在办", choices=YES, method="by_running")
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = SanctionCase
        fields: tuple[str, ...] = ()

    def by_running(
        self, rows: QuerySet[SanctionCase], name: str, value: str
    ) -> QuerySet[SanctionCase]:
        return rows.filter(state__in=sorted(RUNNING))

    def by_words(
        self, rows: QuerySet[SanctionCase], name: str, value: str
    ) -> QuerySet[SanctionCase]:
        words = value.strip()
        return rows.filter(
            Q(case_no=words) | Q(notice_no=words) | Q(decision_no=words)
            | named(value, "subject__") | named(value, "product__")
        )  # fmt: skip
