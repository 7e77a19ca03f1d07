"""Filters of inspections, samples, coverage, quality reports and holds; the API's too."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from catalog.models import Inspection, QualityHold, QualityReport, Sampling
from catalog.queries.search import named
from organisations.models import Organisation

YES_NO = (("yes", "已检查"), ("no", "未检查"))


class InspectionFilter(django_filters.FilterSet):
    result = django_filters.ChoiceFilter(label="结论", choices=Inspection.Result.choices)
    since = django_filters.DateFilter(label="自", field_name="inspected_on", lookup_expr="gte")
    until = django_filters.DateFilter(label="至", field_name="inspected_on", lookup_expr="lte")
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = Inspection
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[Inspection], name: str, value: str) -> QuerySet[Inspection]:
        return rows.filter(Q(inspection_no=value.strip()) | named(value, "enterprise__"))


class SamplingFilter(django_filters.FilterSet):
    result = django_filters.ChoiceFilter(label="检验结果", choices=Sampling.Result.choices)
    lot_no = django_filters.CharFilter(label="批号", max_length=60)
    since = django_filters.DateFilter(label="自", field_name="sampled_on", lookup_expr="gte")
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = Sampling
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[Sampling], name: str, value: str) -> QuerySet[Sampling]:
        exact = Q(sampling_no=value.strip()) | Q(paper_no=value.strip())
        return rows.filter(exact | named(value, "product__") | named(value, "manufacturer__"))


class CoverageFilter(django_filters.FilterSet):
    covered = django_filters.ChoiceFilter(label="本年", choices=YES_NO, method="by_covered")
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = Organisation
        fields: tuple[str, ...] = ()

    def by_covered(
        self, rows: QuerySet[Organisation], name: str, value: str
    ) -> QuerySet[Organisation]:
        wanted: dict[str, Any] = {"covered": value == "yes"}
        return rows.filter(**wanted)

    def by_words(
        self, rows: QuerySet[Organisation], name: str, value: str
    ) -> QuerySet[Organisation]:
        return rows.filter(named(value))


class QualityReportFilter(django_filters.FilterSet):
    stage = django_filters.ChoiceFilter(
        label="状态", field_name="state", choices=QualityReport.State.choices
    )
    kind = django_filters.ChoiceFilter(label="种类", choices=QualityReport.Kind.choices)
    severity = django_filters.ChoiceFilter(label="程度", choices=QualityReport.Severity.choices)
    lot_no = django_filters.CharFilter(label="批号", max_length=60)
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = QualityReport
        fields: tuple[str, ...] = ()

    def by_words(
        self, rows: QuerySet[QualityReport], name: str, value: str
    ) -> QuerySet[QualityReport]:
        exact = Q(report_no=value.strip())
        return rows.filter(exact | named(value, "product__") | named(value, "institution__"))


class HoldFilter(django_filters.FilterSet):
    stage = django_filters.ChoiceFilter(
        label="状态", field_name="state", choices=QualityHold.State.choices
    )
    product = django_filters.CharFilter(label="产品", field_name="product__code", max_length=27)
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = QualityHold
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[QualityHold], name: str, value: str) -> QuerySet[QualityHold]:
        return rows.filter(Q(hold_no=value.strip()) | named(value, "product__"))
