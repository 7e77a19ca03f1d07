"""Filters of 督导检查 that list and API share."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from catalog.queries.search import named
from monitoring.models import SiteInspection
from monitoring.queries.site_inspections import late_on
from monitoring.states.site_inspection import RUNNING

YES = (("1", "是"),)


class SiteInspectionFilter(django_filters.FilterSet):
    """By state, level, day of the visit, organisation, and whether the day has passed."""

    state = django_filters.ChoiceFilter(label="状态", choices=SiteInspection.State.choices)
    level = django_filters.ChoiceFilter(
        label="层级", choices=SiteInspection._meta.get_field("level").choices
    )
    subject = django_filters.CharFilter(
        label="被检查单位代码", field_name="subject__code", max_length=40
    )
    task = django_filters.CharFilter(label="任务编号", field_name="task_no", max_length=40)
    planned_from = django_filters.DateFilter(
        label="计划日期自", field_name="planned_on", lookup_expr="gte"
    )
    planned_to = django_filters.DateFilter(
        label="计划日期至", field_name="planned_on", lookup_expr="lte"
    )
    running = django_filters.ChoiceFilter(label="在办", choices=YES, method="by_running")
    late = django_filters.ChoiceFilter(label="逾期", choices=YES, method="by_late")
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = SiteInspection
        fields: tuple[str, ...] = ()

    def by_running(
        self, rows: QuerySet[SiteInspection], name: str, value: str
    ) -> QuerySet[SiteInspection]:
        return rows.filter(state__in=sorted(RUNNING))

    def by_late(
        self, rows: QuerySet[SiteInspection], name: str, value: str
    ) -> QuerySet[SiteInspection]:
        return rows.filter(late_on(timezone.localdate()))

    def by_words(
        self, rows: QuerySet[SiteInspection], name: str, value: str
    ) -> QuerySet[SiteInspection]:
        words = value.strip()
        return rows.filter(
            Q(inspection_no=words)
            | Q(letter_no=words)
            | Q(task_no=words)
            | named(value, "subject__")
        )
