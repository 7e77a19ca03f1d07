"""Filters that the pages of policies and the API share."""

from __future__ import annotations

from datetime import date

import django_filters
from django.db.models import Q, QuerySet

from core.workdays.models import CalendarDay, CalendarYear
from policy.models import Parameter, ParameterValue, Policy, ValueChange
from policy.queries.policy_page import in_force_on
from policy.states import Force

BINDING = (("1", "执行中"), ("0", "不在执行"))


class PolicyFilter(django_filters.FilterSet):
    province = django_filters.CharFilter(label="省份", field_name="province_code", max_length=6)

    class Meta:
        model = Policy
        fields: tuple[str, ...] = ()


class ParameterFilter(django_filters.FilterSet):
    force = django_filters.ChoiceFilter(label="约束力", choices=Force.choices)
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = Parameter
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[Parameter], name: str, value: str) -> QuerySet[Parameter]:
        words = value.strip()
        return rows.filter(
            Q(label__icontains=words) | Q(meaning__icontains=words) | Q(key__icontains=words)
        )


class ParameterValueFilter(django_filters.FilterSet):
    """Dated values by policy, parameter, day, how hard they bind, and words."""

    policy = django_filters.CharFilter(label="政策", field_name="policy__code", max_length=40)
    parameter = django_filters.CharFilter(label="参数", field_name="parameter__key", max_length=60)
    on = django_filters.DateFilter(label="取值日期", method="by_day")
    force = django_filters.ChoiceFilter(
        label="约束力", choices=Force.choices, field_name="parameter__force"
    )
    binding = django_filters.ChoiceFilter(label="状态", choices=BINDING, method="by_binding")
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = ParameterValue
        fields: tuple[str, ...] = ()

    def by_day(
        self, rows: QuerySet[ParameterValue], name: str, value: date
    ) -> QuerySet[ParameterValue]:
        return in_force_on(rows, value)

    def by_binding(
        self, rows: QuerySet[ParameterValue], name: str, value: str
    ) -> QuerySet[ParameterValue]:
        return rows.filter(value__isnull=value == "0")

    def by_words(
        self, rows: QuerySet[ParameterValue], name: str, value: str
    ) -> QuerySet[ParameterValue]:
        """Name, meaning, key or clause."""
        words = value.strip()
        return rows.filter(
            Q(parameter__label__icontains=words)
            | Q(parameter__meaning__icontains=words)
            | Q(parameter__key__icontains=words)
            | Q(clause__icontains=words)
        )


class ValueChangeFilter(django_filters.FilterSet):
    """Changes by state, policy, parameter, day of effect and words."""

    state = django_filters.ChoiceFilter(label="状态", choices=ValueChange.State.choices)
    policy = django_filters.CharFilter(label="政策", field_name="policy__code", max_length=40)
    parameter = django_filters.CharFilter(label="参数", field_name="parameter__key", max_length=60)
    valid_from = django_filters.DateFilter(
        label="生效日自", field_name="valid_from", lookup_expr="gte"
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = ValueChange
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[ValueChange], name: str, value: str) -> QuerySet[ValueChange]:
        """Number, parameter's name or key, clause, or who proposed it."""
        words = value.strip()
        return rows.filter(
            Q(change_no__icontains=words)
            | Q(parameter__label__icontains=words)
            | Q(parameter__key__icontains=words)
            | Q(clause__icontains=words)
            | Q(proposed_by_name__icontains=words)
        )


class CalendarYearFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(label="状态", choices=CalendarYear.Status.choices)

    class Meta:
        model = CalendarYear
        fields: tuple[str, ...] = ()


class CalendarDayFilter(django_filters.FilterSet):
    year = django_filters.NumberFilter(
        label="年份", field_name="year_id", min_value=1, max_value=9999
    )
    since = django_filters.DateFilter(label="自", field_name="date", lookup_expr="gte")
    until = django_filters.DateFilter(label="至", field_name="date", lookup_expr="lte")
    is_workday = django_filters.BooleanFilter(label="工作日")

    class Meta:
        model = CalendarDay
        fields: tuple[str, ...] = ()
