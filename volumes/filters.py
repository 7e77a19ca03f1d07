"""Filters of report lines that lists and the API share."""

from __future__ import annotations

import django_filters

from volumes.models import VolumeReportLine


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
