"""Filters of report lines, tasks and reports that lists and the API share."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from catalog.queries.search import named
from volumes.models import (
    AgreedQuantity,
    AgreedRound,
    AgreedShare,
    ReportTask,
    SecondProductChoice,
    VolumeReport,
    VolumeReportLine,
)
from volumes.models.second_product import SecondBasis
from volumes.queries.agreed import rounds_with_words
from volumes.rules.shortfall import Shortfall
from volumes.states.agreed import AgreedBasis, RoundState
from volumes.states.report import HANDED_STATES, INSIDE_STATES, REVIEW_STATES, ReportState
from volumes.states.task import TaskKind, TaskState

STAGES = (
    ("missing", "未提交"),
    ("handed", "已提交"),
    ("review", "审核中"),
    ("mine", "等本单位办理"),
)


class ReportLineFilter(django_filters.FilterSet):
    """By batch, year, group, reporting unit and status."""

    batch = django_filters.CharFilter(label="批次代码", field_name="batch__code", max_length=40)
    year_no = django_filters.NumberFilter(label="采购年度序号", min_value=1, max_value=99)
    group = django_filters.CharFilter(label="品种代码", field_name="group__code", max_length=40)
    institution = django_filters.CharFilter(
        label="填报单位代码", field_name="institution__code", max_length=40
    )
    status = django_filters.ChoiceFilter(label="状态", choices=VolumeReportLine.Status.choices)

    class Meta:
        model = VolumeReportLine
        fields: tuple[str, ...] = ()


class ReportTaskFilter(django_filters.FilterSet):
    """By state, kind, batch and words."""

    state = django_filters.ChoiceFilter(label="状态", choices=TaskState.choices)
    kind = django_filters.ChoiceFilter(label="类别", choices=TaskKind.choices)
    batch = django_filters.CharFilter(label="批次代码", field_name="batch__code", max_length=40)
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=100)

    class Meta:
        model = ReportTask
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[ReportTask], name: str, value: str) -> QuerySet[ReportTask]:
        """Number, title or batch."""
        text = value.strip()
        return rows.filter(
            Q(task_no__iexact=text) | Q(title__icontains=text) | Q(batch__code__iexact=text)
        )


class VolumeReportFilter(django_filters.FilterSet):
    """By task, stage, state, region, obligation and words."""

    task = django_filters.CharFilter(label="任务", field_name="task__task_no", max_length=20)
    stage = django_filters.ChoiceFilter(label="进度", choices=STAGES, method="by_stage")
    state = django_filters.ChoiceFilter(label="状态", choices=ReportState.choices)
    region = django_filters.CharFilter(label="区划代码", method="by_region", max_length=6)
    obliged = django_filters.BooleanFilter(label="须报", field_name="is_obliged")
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=100)

    class Meta:
        model = VolumeReport
        fields: tuple[str, ...] = ()

    def by_stage(
        self, rows: QuerySet[VolumeReport], name: str, value: str
    ) -> QuerySet[VolumeReport]:
        if value == "mine":
            own = self.request.user.organisation_id
            return rows.filter(
                Q(office_id=own, state__in=("submitted", *REVIEW_STATES))
                | Q(institution_id=own, state__in=INSIDE_STATES)
            )
        states = {"missing": INSIDE_STATES, "handed": HANDED_STATES, "review": REVIEW_STATES}
        return rows.filter(state__in=states[value])

    def by_region(
        self, rows: QuerySet[VolumeReport], name: str, value: str
    ) -> QuerySet[VolumeReport]:
        return rows.filter(Q(county__code=value) | Q(city__code=value) | Q(province__code=value))

    def by_words(
        self, rows: QuerySet[VolumeReport], name: str, value: str
    ) -> QuerySet[VolumeReport]:
        """Number, institution by code, name or initials."""
        text = value.strip()
        return rows.filter(
            Q(report_no__iexact=text)
            | Q(institution__code__iexact=text)
            | Q(institution__name__icontains=text)
            | Q(institution__initials__istartswith=text)
        )


REVIEW_STAGES = (("mine", "等本单位办理"), ("review", "审核中"), ("confirmed", "已确认"),
                 ("returned", "已退回"))  # fmt: skip


class _OfRegion(django_filters.FilterSet):
    """By batch year, unit, place and words."""

    task = django_filters.CharFilter(label="任务", field_name="task__task_no", max_length=20)
    county = django_filters.CharFilter(
        label="县（市、区）代码", field_name="county__code", max_length=6
    )
    city = django_filters.CharFilter(label="设区市代码", field_name="city__code", max_length=6)
    q = django_filters.CharFilter(label="查找", method="by_unit", max_length=60)

    class Meta:
        model = VolumeReport
        fields: tuple[str, ...] = ()

    def by_unit(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(report_no=value.strip()) | named(value, "institution__"))


class ReviewFilter(_OfRegion):
    """Reports in review by stage, and whether anything of them is beyond the limits."""

    stage = django_filters.ChoiceFilter(label="进度", choices=REVIEW_STAGES, method="by_stage")
    flagged = django_filters.ChoiceFilter(
        label="偏差", choices=(("1", "有超过限度的品种"), ("0", "没有")), method="by_flagged"
    )

    def by_stage(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "mine":
            own = self.request.user.organisation_id
            return rows.filter(office_id=own, state__in=("submitted", *REVIEW_STATES))
        if value == "review":
            return rows.filter(state__in=("submitted", *REVIEW_STATES))
        return rows.filter(state=value)

    def by_flagged(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(flagged__gt=0) if value == "1" else rows.filter(flagged=0)


class ShortfallFilter(_OfRegion):
    kind = django_filters.ChoiceFilter(label="情形", choices=Shortfall.choices, method="by_kind")

    def by_kind(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "low":
            return rows.exclude(state__in=INSIDE_STATES)
        ended = Q(task__closes_at__lte=timezone.now()) & (
            Q(extended_until__isnull=True) | Q(extended_until__lte=timezone.now())
        )
        return rows.filter(ended if value == "none" else ~ended, state__in=INSIDE_STATES)


class RoundFilter(django_filters.FilterSet):
    """By state, batch and words."""

    state = django_filters.ChoiceFilter(label="状态", choices=RoundState.choices)
    batch = django_filters.CharFilter(label="批次代码", field_name="batch__code", max_length=40)
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = AgreedRound
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[AgreedRound], name: str, value: str) -> QuerySet[AgreedRound]:
        return rounds_with_words(rows, value)


class AgreedFilter(django_filters.FilterSet):
    """Agreed quantities by round, group, unit, basis and difference."""

    round = django_filters.CharFilter(label="编号", field_name="round__round_no", max_length=40)
    batch = django_filters.CharFilter(
        label="批次代码", field_name="round__batch__code", max_length=40
    )
    group = django_filters.CharFilter(label="品种代码", field_name="group__code", max_length=40)
    institution = django_filters.CharFilter(
        label="医疗机构代码", field_name="institution__code", max_length=40
    )
    basis = django_filters.ChoiceFilter(label="分配方式", choices=AgreedBasis.choices)
    differs = django_filters.ChoiceFilter(
        label="差异", choices=(("1", "公布与测算不同"),), method="by_difference"
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = AgreedQuantity
        fields: tuple[str, ...] = ()

    def by_difference(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(published_qty__isnull=False).exclude(published_qty=F("computed_qty"))

    def by_words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(named(value, "group__") | named(value, "institution__"))


class AgreedShareFilter(django_filters.FilterSet):
    round = django_filters.CharFilter(
        label="编号", field_name="quantity__round__round_no", max_length=40
    )
    product = django_filters.CharFilter(label="产品代码", field_name="product__code", max_length=40)
    institution = django_filters.CharFilter(
        label="医疗机构代码", field_name="institution__code", max_length=40
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = AgreedShare
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(named(value, "product__") | named(value, "institution__"))


class SecondProductFilter(django_filters.FilterSet):
    """By kind, group, institution, and whether a newer decision replaced it."""

    basis = django_filters.ChoiceFilter(label="类别", choices=SecondBasis.choices)
    stands = django_filters.ChoiceFilter(
        label="效力", choices=(("1", "现行"), ("0", "已更改")), method="by_standing"
    )
    group = django_filters.CharFilter(label="品种代码", field_name="group__code", max_length=40)
    institution = django_filters.CharFilter(
        label="医疗机构代码", field_name="institution__code", max_length=40
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = SecondProductChoice
        fields: tuple[str, ...] = ()

    def by_standing(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(stands=value == "1")

    def by_words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(named(value, "group__") | named(value, "institution__"))
