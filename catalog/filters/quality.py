"""Filters of inspections, samples, coverage, quality reports and holds; the API's too."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet

from catalog.filters.words import WordsFilter
from catalog.models import Inspection, QualityHold, QualityReport, Sampling
from organisations.models import Organisation

YES_NO = (("yes", "已检查"), ("no", "未检查"))


class InspectionFilter(django_filters.FilterSet):
    result = django_filters.ChoiceFilter(label="结论", choices=Inspection.Result.choices)
    since = django_filters.DateFilter(label="自", field_name="inspected_on", lookup_expr="gte")
    until = django_filters.DateFilter(label="至", field_name="inspected_on", lookup_expr="lte")
    q = WordsFilter("enterprise__", number=("inspection_no",))

    class Meta:
        model = Inspection
        fields: tuple[str, ...] = ()


class SamplingFilter(django_filters.FilterSet):
    result = django_filters.ChoiceFilter(label="检验结果", choices=Sampling.Result.choices)
    lot_no = django_filters.CharFilter(label="批号", max_length=60)
    since = django_filters.DateFilter(label="自", field_name="sampled_on", lookup_expr="gte")
    q = WordsFilter("product__", "manufacturer__", number=("sampling_no", "paper_no"))

    class Meta:
        model = Sampling
        fields: tuple[str, ...] = ()


class CoverageFilter(django_filters.FilterSet):
    covered = django_filters.ChoiceFilter(label="本年", choices=YES_NO, method="by_covered")
    q = WordsFilter("")

    class Meta:
        model = Organisation
        fields: tuple[str, ...] = ()

    def by_covered(
        self, rows: QuerySet[Organisation], name: str, value: str
    ) -> QuerySet[Organisation]:
        wanted: dict[str, Any] = {"covered": value == "yes"}
        return rows.filter(**wanted)


class QualityReportFilter(django_filters.FilterSet):
    stage = django_filters.ChoiceFilter(
        label="状态", field_name="state", choices=QualityReport.State.choices
    )
    kind = django_filters.ChoiceFilter(label="种类", choices=QualityReport.Kind.choices)
    severity = django_filters.ChoiceFilter(label="程度", choices=QualityReport.Severity.choices)
    lot_no = django_filters.CharFilter(label="批号", max_length=60)
    q = WordsFilter("product__", "institution__", number=("report_no",))

    class Meta:
        model = QualityReport
        fields: tuple[str, ...] = ()


class HoldFilter(django_filters.FilterSet):
    stage = django_filters.ChoiceFilter(
        label="状态", field_name="state", choices=QualityHold.State.choices
    )
    product = django_filters.CharFilter(label="产品", field_name="product__code", max_length=27)
    q = WordsFilter("product__", number=("hold_no",))

    class Meta:
        model = QualityHold
        fields: tuple[str, ...] = ()
