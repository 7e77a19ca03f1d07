"""Filters of 结余留用 that lists and the API share."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet

from catalog.queries.search import named
from settlement.models import RetentionInput, RetentionRow, RetentionRun, RetentionSheet
from settlement.queries.retention import runs_with_words
from settlement.states.retention import FailedBecause, RunState, SheetState


class RetentionInputFilter(django_filters.FilterSet):
    batch = django_filters.CharFilter(label="批次代码", field_name="batch__code", max_length=40)
    year_no = django_filters.NumberFilter(label="采购年度序号", min_value=1, max_value=99)
    pool = django_filters.CharFilter(label="统筹区代码", field_name="pool__code", max_length=40)
    group = django_filters.CharFilter(label="品种代码", field_name="group__code", max_length=40)
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = RetentionInput
        fields: tuple[str, ...] = ()

    def by_words(
        self, rows: QuerySet[RetentionInput], name: str, value: str
    ) -> QuerySet[RetentionInput]:
        return rows.filter(named(value, "group__"))


class RetentionRunFilter(django_filters.FilterSet):
    """By state, batch, year and words."""

    state = django_filters.ChoiceFilter(label="状态", choices=RunState.choices)
    batch = django_filters.CharFilter(label="批次代码", field_name="batch__code", max_length=40)
    year_no = django_filters.NumberFilter(label="采购年度序号", min_value=1, max_value=99)
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = RetentionRun
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[RetentionRun], name: str, value: str) -> QuerySet[Any]:
        return runs_with_words(rows, value)


class _OfRun(django_filters.FilterSet):
    """Conditions of sheets and rows alike."""

    run = django_filters.CharFilter(label="测算编号", field_name="run__run_no", max_length=40)
    batch = django_filters.CharFilter(
        label="批次代码", field_name="run__batch__code", max_length=40
    )
    year_no = django_filters.NumberFilter(
        label="采购年度序号", field_name="run__year_no", min_value=1, max_value=99
    )
    institution = django_filters.CharFilter(
        label="医疗机构代码", field_name="institution__code", max_length=40
    )


class RetentionSheetFilter(_OfRun):
    state = django_filters.ChoiceFilter(label="状态", choices=SheetState.choices)
    overlap = django_filters.ChoiceFilter(
        label="支付方式激励", choices=(("1", "有重叠"), ("0", "无重叠")), method="by_overlap"
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = RetentionSheet
        fields: tuple[str, ...] = ()

    def by_overlap(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(overlap=value == "1")

    def by_words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(named(value, "institution__"))


class RetentionRowFilter(_OfRun):
    sheet = django_filters.CharFilter(label="说明编号", field_name="sheet__sheet_no", max_length=60)
    group = django_filters.CharFilter(label="品种代码", field_name="group__code", max_length=40)
    result = django_filters.ChoiceFilter(
        label="考核", choices=(("1", "合格"), ("0", "不合格")), method="by_result"
    )
    because = django_filters.ChoiceFilter(
        label="不留用原因", field_name="failed_because", choices=FailedBecause.choices
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = RetentionRow
        fields: tuple[str, ...] = ()

    def by_result(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(passed=value == "1")

    def by_words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(named(value, "group__") | named(value, "institution__"))
