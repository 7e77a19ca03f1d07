"""Filters of report lines, tasks and reports that lists and the API share."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from volumes.models import ReportTask, VolumeReport, VolumeReportLine
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
