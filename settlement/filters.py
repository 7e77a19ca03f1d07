"""Filters of retention inputs that lists and the API share."""

from __future__ import annotations

import django_filters

from settlement.models import RetentionInput


class RetentionInputFilter(django_filters.FilterSet):
    batch = django_filters.CharFilter(label="批次代码", field_name="batch__code", max_length=40)
    year_no = django_filters.NumberFilter(label="采购年度序号", min_value=1, max_value=99)
    pool = django_filters.CharFilter(label="统筹区代码", field_name="pool__code", max_length=40)
    group = django_filters.CharFilter(label="品种代码", field_name="group__code", max_length=40)

    class Meta:
        model = RetentionInput
        fields: tuple[str, ...] = ()
