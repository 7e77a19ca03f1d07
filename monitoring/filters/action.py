"""Filters of actions that list and API share."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from catalog.queries.search import named
from monitoring.models import SupervisionAction
from monitoring.queries.actions import late_on
from monitoring.rules import ALL_RULES
from monitoring.states.action import RUNNING

YES = (("1", "是"),)


class ActionFilter(django_filters.FilterSet):
    """By kind, state, level, rule, subject, and whether the day has passed."""

    action_no = django_filters.CharFilter(label="编号", max_length=40)
    kind = django_filters.ChoiceFilter(
        label="措施", choices=SupervisionAction._meta.get_field("kind").choices
    )
    state = django_filters.ChoiceFilter(label="状态", choices=SupervisionAction.State.choices)
    outcome = django_filters.ChoiceFilter(label="结果", choices=SupervisionAction.Outcome.choices)
    level = django_filters.ChoiceFilter(
        label="层级", choices=SupervisionAction._meta.get_field("level").choices
    )
    rule = django_filters.ChoiceFilter(
        label="事项", choices=[(rule.code, rule.label) for rule in ALL_RULES]
    )
    subject = django_filters.CharFilter(label="对象代码", field_name="subject__code", max_length=40)
    running = django_filters.ChoiceFilter(label="在办", choices=YES, method="by_running")
    late = django_filters.ChoiceFilter(label="逾期", choices=YES, method="by_late")
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = SupervisionAction
        fields: tuple[str, ...] = ()

    def by_running(
        self, rows: QuerySet[SupervisionAction], name: str, value: str
    ) -> QuerySet[SupervisionAction]:
        return rows.filter(state__in=sorted(RUNNING))

    def by_late(
        self, rows: QuerySet[SupervisionAction], name: str, value: str
    ) -> QuerySet[SupervisionAction]:
        return rows.filter(late_on(timezone.localdate()))

    def by_words(
        self, rows: QuerySet[SupervisionAction], name: str, value: str
    ) -> QuerySet[SupervisionAction]:
        words = value.strip()
        return rows.filter(Q(action_no=words) | Q(letter_no=words) | named(value, "subject__"))
